//! .
pub mod schema;
