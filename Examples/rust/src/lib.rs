//! A memory sharer in Rust for sharecheck to check: what `sharecheck_subject.h` asks for, over the
//! modules beside this one.
//!
//!     cargo build --release
//!     sharecheck run --subject target/release/libsharer.so

mod buddy;
mod ffi;
mod pool;
mod sharer;

use ffi::*;
use pool::Guest;
use std::ffi::c_void;

/// Writes what went wrong, and answers its number.
unsafe fn answer(result: Result<(), Failure>, evidence: *mut Evidence) -> u32 {
    match result {
        Ok(()) => OK,
        Err(failure) => {
            (*evidence).words = failure.words;
            failure.error
        }
    }
}

unsafe fn guest(own: *mut c_void) -> &'static mut Guest<'static> {
    &mut *own.cast()
}

unsafe extern "C" fn create(
    machine: *const Machine,
    own: *mut *mut c_void,
    error: *mut Evidence,
) -> u32 {
    let result = Guest::new(&*machine).map(|guest| *own = Box::into_raw(Box::new(guest)).cast());
    answer(result, error)
}

unsafe extern "C" fn destroy(own: *mut c_void) {
    let mut guest: Box<Guest> = Box::from_raw(own.cast());
    guest.drop_sharer();
}

unsafe extern "C" fn init(
    own: *mut c_void,
    _: u32,
    range: *const Range,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).init(range.as_ref().copied()), error)
}

unsafe extern "C" fn alloc_shared(
    own: *mut c_void,
    size: u64,
    alignment: u64,
    address: *mut u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).alloc_shared(size, alignment).map(|at| *address = at), error)
}

unsafe extern "C" fn dealloc_shared(
    own: *mut c_void,
    address: u64,
    size: u64,
    alignment: u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).dealloc_shared(address, size, alignment), error)
}

unsafe extern "C" fn unshare_all(own: *mut c_void, report: *mut Unshared) -> u32 {
    *report = guest(own).unshare_all();
    0
}

unsafe extern "C" fn dma_alloc(
    own: *mut c_void,
    pages: u64,
    _: u32,
    address: *mut u64,
    virt: *mut u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).dma_alloc(pages).map(|both| (*address, *virt) = both), error)
}

unsafe extern "C" fn dma_dealloc(
    own: *mut c_void,
    address: u64,
    pages: u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).dma_dealloc(address, pages), error)
}

unsafe extern "C" fn share(
    own: *mut c_void,
    buffer: u64,
    size: u64,
    direction: u32,
    address: *mut u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).share(buffer, size, direction).map(|at| *address = at), error)
}

unsafe extern "C" fn unshare(
    own: *mut c_void,
    address: u64,
    buffer: u64,
    size: u64,
    direction: u32,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).unshare(address, buffer, size, direction), error)
}

unsafe extern "C" fn heap_alloc(
    own: *mut c_void,
    size: u64,
    alignment: u64,
    zeroed: u32,
    address: *mut u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).heap_alloc(size, alignment, zeroed != 0).map(|at| *address = at), error)
}

unsafe extern "C" fn heap_dealloc(
    own: *mut c_void,
    address: u64,
    size: u64,
    alignment: u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).heap_dealloc(address, size, alignment), error)
}

unsafe extern "C" fn heap_add(
    own: *mut c_void,
    start: u64,
    size: u64,
    error: *mut Evidence,
) -> u32 {
    answer(guest(own).heap_add(start, size), error)
}

unsafe extern "C" fn observe(own: *mut c_void, view: *const View) {
    guest(own).observe(&*view);
}

static SUBJECT: Subject = Subject {
    version: VERSION,
    size: std::mem::size_of::<Subject>() as u32,
    name: c"rust".as_ptr(),
    revision: concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast(),
    lacks: 0,
    promises: PLACES_AS_SPECIFIED,
    hypervisors: 0,
    granules: 0,
    minimum_block: 0,
    largest_block: 0,
    mmio_regions: 0,
    heap: HAS_A_HEAP,
    memory: 0,
    create: Some(create),
    destroy: Some(destroy),
    init: Some(init),
    alloc_shared: Some(alloc_shared),
    dealloc_shared: Some(dealloc_shared),
    unshare_all: Some(unshare_all),
    dma_alloc: Some(dma_alloc),
    dma_dealloc: Some(dma_dealloc),
    share: Some(share),
    unshare: Some(unshare),
    heap_alloc: Some(heap_alloc),
    heap_dealloc: Some(heap_dealloc),
    heap_add: Some(heap_add),
    map_mmio: None,
    unmap_all_mmio: None,
    observe: Some(observe),
    discard: None,
};

#[no_mangle]
pub extern "C" fn sharecheck_subject() -> *const Subject {
    &SUBJECT
}
