//! The PostgreSQL driver of Limosa.
