//! Memory of the heap: the region, its pages, shapes, host-side payloads, and access to objects.

pub mod alloc;
pub mod head;
pub mod heap;
pub mod idset;
pub mod object;
pub mod options;
pub mod page;
pub mod payload;
pub mod region;
pub mod shape;

pub use object::{alloc, alloc_uninit, capacity, grow_in_place, header, meta, read, shape_of, write};
pub use payload::{Payload, Payloads, alloc_with_payload, overflow, payload, set_overflow};
pub use region::ObjectId;
pub use shape::{ClassSpec, ShapeTable, SlotSpec};
