//! The functions of the table of runtime functions, under the names of its rows.

pub use crate::rc::poll::{
    alloc_large, alloc_slow, inc_slow, log_full, mem_add_ref, mem_alloc_managed, mem_release, mem_set_parent_scope,
    object_create, poll, store_shared, store_shared_word,
};
