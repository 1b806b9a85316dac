//! Weekly shifts of technicians.
