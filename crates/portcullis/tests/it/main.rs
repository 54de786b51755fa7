//! Tests that start the real binary: one executable, a module per command.
