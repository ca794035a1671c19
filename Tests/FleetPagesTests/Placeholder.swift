import FleetPages
