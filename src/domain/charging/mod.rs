//! What is charged and why (C-01 to C-20).
