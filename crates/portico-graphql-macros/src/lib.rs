//! Attributes that say who may use a coordinate, once, for directive and guard alike.
