//! NAME, for sharecheck to check. Each call halts with "not implemented" until it is written; what
//! it must do, sharecheck_subject.h and sharecheck's docs/SPEC.md say.
//!
//!     cargo build --release
//!     sharecheck run --subject target/release/libNAME.so

#[allow(dead_code)]
mod ffi;

use ffi::*;
use std::ffi::{c_void, CStr};

struct Guest {
    machine: *const Machine,
    // What your code keeps.
}

unsafe fn halt(own: *mut c_void, reason: &CStr) -> u32 {
    let machine = &*(*own.cast::<Guest>()).machine;
    (machine.die)(machine.context, reason.as_ptr());
    255
}

unsafe extern "C" fn create(machine: *const Machine, own: *mut *mut c_void, _: *mut Evidence) -> u32 {
    *own = Box::into_raw(Box::new(Guest { machine })).cast();
    OK
}

unsafe extern "C" fn destroy(own: *mut c_void) {
    drop(Box::<Guest>::from_raw(own.cast()));
}

unsafe extern "C" fn init(own: *mut c_void, _: u32, _: *const Range, _: *mut Evidence) -> u32 {
    halt(own, c"init is not implemented")
}

unsafe extern "C" fn alloc_shared(
    own: *mut c_void, _: u64, _: u64, _: *mut u64, _: *mut Evidence,
) -> u32 {
    halt(own, c"alloc_shared is not implemented")
}

unsafe extern "C" fn dealloc_shared(
    own: *mut c_void, _: u64, _: u64, _: u64, _: *mut Evidence,
) -> u32 {
    halt(own, c"dealloc_shared is not implemented")
}

unsafe extern "C" fn unshare_all(own: *mut c_void, _: *mut Unshared) -> u32 {
    halt(own, c"unshare_all is not implemented")
}

static SUBJECT: Subject = Subject {
    version: VERSION,
    size: std::mem::size_of::<Subject>() as u32,
    name: c"NAME".as_ptr(),
    revision: std::ptr::null(),
    lacks: 0,
    promises: 0,
    hypervisors: 0,
    granules: 0,
    minimum_block: 0,
    largest_block: 0,
    mmio_regions: 0,
    heap: 0,
    // The machine's zero, copy, load and store reach memory. Where your code uses pointers, write 1.
    memory: 0,
    create: Some(create),
    destroy: Some(destroy),
    init: Some(init),
    alloc_shared: Some(alloc_shared),
    dealloc_shared: Some(dealloc_shared),
    unshare_all: Some(unshare_all),
    dma_alloc: None,
    dma_dealloc: None,
    share: None,
    unshare: None,
    heap_alloc: None,
    heap_dealloc: None,
    heap_add: None,
    map_mmio: None,
    unmap_all_mmio: None,
    observe: None,
    discard: Some(destroy),
};

#[no_mangle]
pub extern "C" fn sharecheck_subject() -> *const Subject {
    &SUBJECT
}
