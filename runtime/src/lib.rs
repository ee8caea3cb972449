//! The runtime that compiled programs call.
