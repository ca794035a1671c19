import Profiles

/// A check's test under a name that Swift Testing's own `Test` does not take.
typealias FactTest = Test
