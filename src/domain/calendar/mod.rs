//! Day classes and opening hours (T-01 to T-07).
