//! Tests of the checker on short programs.
