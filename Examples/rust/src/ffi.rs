//! `sharecheck_subject.h` in Rust: what it names, and no more.

use std::ffi::{c_char, c_void};

pub const VERSION: u32 = 1;

pub const OK: u32 = 0;
pub const SIZE_IS_ZERO: u32 = 1;
pub const ALIGNMENT_IS_NOT_A_POWER_OF_TWO: u32 = 2;
pub const SIZE_OVERFLOWS: u32 = 3;
pub const LARGER_THAN_THE_TOP_ORDER: u32 = 4;
pub const EXHAUSTED: u32 = 5;
pub const NOT_ALLOCATED: u32 = 7;
pub const ALLOCATED_WITH_ANOTHER_LAYOUT: u32 = 8;
pub const RANGE_IS_EMPTY: u32 = 9;
pub const RANGE_OVERFLOWS: u32 = 10;
pub const RANGE_OVERLAPS: u32 = 11;
pub const RANGE_IS_OUTSIDE: u32 = 12;
pub const RANGE_IS_MISALIGNED: u32 = 13;
pub const RANGE_HOLDS_ADDRESS_ZERO: u32 = 14;
pub const UNINITIALISED: u32 = 16;
pub const ALREADY_INITIALISED: u32 = 17;
pub const CLOSED: u32 = 18;
pub const HYPERCALL_FAILED: u32 = 19;
pub const GRANULE_IS_NOT_A_POWER_OF_TWO: u32 = 20;
pub const UNKNOWN_HYPERVISOR: u32 = 21;
pub const NO_STATIC_RANGE: u32 = 22;

pub const TO_DEVICE: u32 = 0;
pub const FROM_DEVICE: u32 = 1;
pub const BOTH: u32 = 2;

pub const PLACES_AS_SPECIFIED: u64 = 1;
pub const HAS_A_HEAP: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Evidence {
    pub words: [u64; 4],
}

#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
pub struct Range {
    pub start: u64,
    pub size: u64,
}

#[repr(C)]
#[derive(Default)]
pub struct Unshared {
    pub granules_unshared: u64,
    pub granules_quarantined: u64,
    pub regions_returned: u64,
    pub regions_kept: u64,
}

#[repr(C)]
pub struct Machine {
    pub version: u32,
    pub size: u32,
    pub context: *mut c_void,
    pub hypervisor: *const c_char,
    pub is_android13: u32,
    pub reserved: u32,
    pub memory: Range,
    pub arena: Range,
    pub arena_at_start: Range,
    pub devices: Range,
    pub virtual_offset: u64,
    pub minimum_block: u64,
    pub largest_pool_block: u64,
    pub largest_heap_block: u64,
    pub mmio_regions: u64,
    pub hypercall: extern "C" fn(*mut c_void, *mut u64),
    pub zero: extern "C" fn(*mut c_void, u64, u64),
    pub copy: extern "C" fn(*mut c_void, u64, u64, u64),
    pub load: extern "C" fn(*mut c_void, u64) -> u64,
    pub store: extern "C" fn(*mut c_void, u64, u64),
    pub heap_allocate: extern "C" fn(*mut c_void, u64, u64, *mut u64) -> u32,
    pub heap_deallocate: extern "C" fn(*mut c_void, u64, u64, u64) -> u32,
    pub region_may_be_taken: extern "C" fn(*mut c_void, u64, u64) -> u32,
    pub region_taken: extern "C" fn(*mut c_void, u64, u64, u64),
    pub region_missing: extern "C" fn(*mut c_void, u64, u64),
    pub region_may_return: extern "C" fn(*mut c_void, u64, u64) -> u32,
    pub region_returned: extern "C" fn(*mut c_void, u64, u64, u64),
    pub abandoned: extern "C" fn(*mut c_void, u64, u64),
    pub log: extern "C" fn(*mut c_void, *const c_char),
    pub die: extern "C" fn(*mut c_void, *const c_char),
}

#[repr(C)]
pub struct View {
    pub context: *mut c_void,
    pub free_pool_block: extern "C" fn(*mut c_void, u64, u64),
    pub free_heap_block: extern "C" fn(*mut c_void, u64, u64),
    pub lost: extern "C" fn(*mut c_void, *const Range, *const Range),
}

type Own = *mut c_void;
type Error = *mut Evidence;

#[repr(C)]
pub struct Subject {
    pub version: u32,
    pub size: u32,
    pub name: *const c_char,
    pub revision: *const c_char,
    pub lacks: u64,
    pub promises: u64,
    pub hypervisors: u64,
    pub granules: u64,
    pub minimum_block: u64,
    pub largest_block: u64,
    pub mmio_regions: u64,
    pub heap: u32,
    pub memory: u32,
    pub create: Option<unsafe extern "C" fn(*const Machine, *mut Own, Error) -> u32>,
    pub destroy: Option<unsafe extern "C" fn(Own)>,
    pub init: Option<unsafe extern "C" fn(Own, u32, *const Range, Error) -> u32>,
    pub alloc_shared: Option<unsafe extern "C" fn(Own, u64, u64, *mut u64, Error) -> u32>,
    pub dealloc_shared: Option<unsafe extern "C" fn(Own, u64, u64, u64, Error) -> u32>,
    pub unshare_all: Option<unsafe extern "C" fn(Own, *mut Unshared) -> u32>,
    pub dma_alloc: Option<unsafe extern "C" fn(Own, u64, u32, *mut u64, *mut u64, Error) -> u32>,
    pub dma_dealloc: Option<unsafe extern "C" fn(Own, u64, u64, Error) -> u32>,
    pub share: Option<unsafe extern "C" fn(Own, u64, u64, u32, *mut u64, Error) -> u32>,
    pub unshare: Option<unsafe extern "C" fn(Own, u64, u64, u64, u32, Error) -> u32>,
    pub heap_alloc: Option<unsafe extern "C" fn(Own, u64, u64, u32, *mut u64, Error) -> u32>,
    pub heap_dealloc: Option<unsafe extern "C" fn(Own, u64, u64, u64, Error) -> u32>,
    pub heap_add: Option<unsafe extern "C" fn(Own, u64, u64, Error) -> u32>,
    pub map_mmio: Option<unsafe extern "C" fn(Own, u64, u64, Error) -> u32>,
    pub unmap_all_mmio: Option<unsafe extern "C" fn(Own, *mut c_void) -> u32>,
    pub observe: Option<unsafe extern "C" fn(Own, *const View)>,
    pub discard: Option<unsafe extern "C" fn(Own)>,
}

/// Nothing in it changes, and what it points at lives as long as the library.
unsafe impl Sync for Subject {}

/// An error with its evidence.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    pub error: u32,
    pub words: [u64; 4],
}

pub fn failure(error: u32, words: &[u64]) -> Failure {
    let mut all = [0; 4];
    all[..words.len()].copy_from_slice(words);
    Failure { error, words: all }
}
