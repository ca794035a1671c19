import FleetDemo
