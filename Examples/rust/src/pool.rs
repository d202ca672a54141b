//! The guest's heap, the pool of shared memory over it, and the calls of a virtio HAL.

use crate::buddy::Buddy;
use crate::ffi::*;
use crate::sharer::{Kind, Ports, Sharer};

const PAGE: u64 = 4096;

enum State<'a> {
    Uninitialised,
    /// With a sharer, unless the memory was shared before boot.
    Open(Option<Sharer<'a>>),
    Closed,
}

pub struct Guest<'a> {
    ports: Ports<'a>,
    kind: Kind,
    heap: Buddy,
    /// Where the heap's memory ends.
    heap_end: u64,
    pool: Buddy,
    state: State<'a>,
    /// What a sharer that has been dropped could not take back.
    reported: Vec<(u64, Range)>,
    granule: u64,
}

impl<'a> Guest<'a> {
    pub fn new(machine: &'a Machine) -> Result<Self, Failure> {
        let ports = Ports(machine);
        let kind = ports.detect()?;
        let mut heap = Buddy::new(machine.minimum_block, machine.largest_heap_block);
        let arena = machine.arena_at_start;
        // Nothing lies at address 0.
        let kept = if arena.start == 0 { PAGE.min(arena.size) } else { 0 };
        heap.add(Range { start: arena.start + kept, size: arena.size - kept });
        Ok(Guest {
            ports,
            kind,
            heap,
            heap_end: (arena.start + arena.size) / machine.minimum_block * machine.minimum_block,
            pool: Buddy::new(machine.minimum_block, machine.largest_pool_block),
            state: State::Uninitialised,
            reported: Vec::new(),
            granule: 1,
        })
    }

    pub fn init(&mut self, range: Option<Range>) -> Result<(), Failure> {
        match self.state {
            State::Uninitialised => {}
            State::Open(_) => {
                if cfg!(feature = "second-init-drops-the-first") {
                    self.drop_sharer();
                }
                return Err(failure(ALREADY_INITIALISED, &[]));
            }
            State::Closed => return Err(failure(CLOSED, &[])),
        }
        self.state = match self.kind {
            Kind::OnDemand => {
                State::Open(Some(Sharer::new(self.ports, self.kind, self.ports.granule()?)))
            }
            Kind::NothingShared => State::Open(Some(Sharer::new(self.ports, self.kind, 1))),
            Kind::BeforeBoot => {
                let range = range.ok_or(failure(NO_STATIC_RANGE, &[]))?;
                self.check(range)?;
                self.pool.add(range);
                State::Open(None)
            }
        };
        Ok(())
    }

    /// Whether a range that was shared before boot is a good one.
    fn check(&self, range: Range) -> Result<(), Failure> {
        let Range { start, size } = range;
        let machine = self.ports.0;
        let both = [start, size];
        if size == 0 {
            return Err(failure(RANGE_IS_EMPTY, &[start]));
        }
        let end = start.checked_add(size).ok_or(failure(RANGE_OVERFLOWS, &both))?;
        if start % PAGE != 0 || size % PAGE != 0 {
            return Err(failure(RANGE_IS_MISALIGNED, &both));
        }
        if start == 0 {
            return Err(failure(RANGE_HOLDS_ADDRESS_ZERO, &both));
        }
        if start < machine.arena.start + machine.arena.size && machine.arena.start < end {
            return Err(failure(RANGE_OVERLAPS, &both));
        }
        if start < machine.memory.start || machine.memory.start + machine.memory.size < end {
            return Err(failure(RANGE_IS_OUTSIDE, &both));
        }
        if !self.pool.holds_block(range) {
            return Err(failure(RANGE_IS_EMPTY, &[start]));
        }
        Ok(())
    }

    fn check_open(&self) -> Result<(), Failure> {
        match self.state {
            State::Open(_) => Ok(()),
            State::Uninitialised => Err(failure(UNINITIALISED, &[])),
            State::Closed if cfg!(feature = "serves-after-teardown") => Ok(()),
            State::Closed => Err(failure(CLOSED, &[])),
        }
    }

    pub fn alloc_shared(&mut self, size: u64, alignment: u64) -> Result<u64, Failure> {
        self.check_open()?;
        let block = self.pool.block_to_serve(size, alignment)?;
        if let Some(address) = self.pool.take(block) {
            return Ok(address);
        }
        let exhausted = failure(EXHAUSTED, &[size, alignment]);
        let State::Open(Some(sharer)) = &mut self.state else { return Err(exhausted) };
        let region = sharer.refill(&mut self.heap, size, block)?;
        self.pool.add(region);
        self.pool.take(block).ok_or(exhausted)
    }

    pub fn dealloc_shared(
        &mut self,
        address: u64,
        size: u64,
        alignment: u64,
    ) -> Result<(), Failure> {
        self.check_open()?;
        let block = self.pool.block(size, alignment)?;
        let checked = self.pool.check(address, block);
        let is_trusted = match checked {
            Err(Failure { error: NOT_ALLOCATED, .. }) => cfg!(feature = "frees-are-not-checked"),
            Err(_) => cfg!(feature = "frees-what-the-layout-says"),
            Ok(()) => true,
        };
        if !is_trusted {
            return checked;
        }
        self.pool.free(address, block);
        Ok(())
    }

    pub fn unshare_all(&mut self) -> Unshared {
        let report = match &mut self.state {
            State::Open(Some(sharer)) => {
                let report = sharer.unshare_all(&mut self.heap);
                self.reported = sharer.lost.clone();
                self.granule = sharer.granule();
                report
            }
            _ => Unshared::default(),
        };
        self.state = State::Closed;
        if !cfg!(feature = "serves-after-teardown") {
            self.pool.forget_all();
        }
        report
    }

    /// The owner goes: what it could not take back is told.
    pub fn drop_sharer(&mut self) {
        if let State::Open(Some(sharer)) = &mut self.state {
            sharer.unshare_all(&mut self.heap);
            let machine = self.ports.0;
            for &(granule, _) in &sharer.lost {
                (machine.abandoned)(machine.context, granule, sharer.granule());
            }
        }
    }

    // The virtio HAL.

    fn bytes(pages: u64) -> Result<u64, Failure> {
        pages.checked_mul(PAGE).ok_or(failure(SIZE_OVERFLOWS, &[pages]))
    }

    pub fn dma_alloc(&mut self, pages: u64) -> Result<(u64, u64), Failure> {
        self.check_open()?;
        let size = Self::bytes(pages)?;
        let address = self.alloc_shared(size, PAGE)?;
        self.ports.zero(address, size);
        Ok((address, address.wrapping_add(self.ports.0.virtual_offset)))
    }

    pub fn dma_dealloc(&mut self, address: u64, pages: u64) -> Result<(), Failure> {
        self.check_open()?;
        self.dealloc_shared(address, Self::bytes(pages)?, PAGE)
    }

    /// The physical address of a driver's buffer.
    fn physical(&self, buffer: u64, size: u64) -> Result<u64, Failure> {
        self.check_open()?;
        if size == 0 {
            return Err(failure(SIZE_IS_ZERO, &[]));
        }
        let start = buffer.wrapping_sub(self.ports.0.virtual_offset);
        start.checked_add(size).ok_or(failure(RANGE_OVERFLOWS, &[start, size]))?;
        Ok(start)
    }

    pub fn share(&mut self, buffer: u64, size: u64, direction: u32) -> Result<u64, Failure> {
        let source = self.physical(buffer, size)?;
        let bounce = self.alloc_shared(size, 16)?;
        let copies = match direction {
            TO_DEVICE => true,
            BOTH => !cfg!(feature = "both-copies-neither-way"),
            _ => false,
        };
        if copies {
            self.ports.copy(source, bounce, size);
        } else if !cfg!(feature = "bounce-is-not-zeroed") {
            self.ports.zero(bounce, size);
        }
        Ok(bounce)
    }

    pub fn unshare(
        &mut self,
        bounce: u64,
        buffer: u64,
        size: u64,
        direction: u32,
    ) -> Result<(), Failure> {
        let destination = self.physical(buffer, size)?;
        self.pool.check(bounce, self.pool.block(size, 16)?)?;
        let copies = match direction {
            FROM_DEVICE => true,
            BOTH => !cfg!(feature = "both-copies-neither-way"),
            _ => false,
        };
        if copies {
            self.ports.copy(bounce, destination, size);
        }
        self.dealloc_shared(bounce, size, 16)
    }

    // The heap.

    pub fn heap_alloc(&mut self, size: u64, alignment: u64, zeroed: bool) -> Result<u64, Failure> {
        let block = self.heap.block_to_serve(size, alignment)?;
        let address = self.heap.take(block).ok_or(failure(EXHAUSTED, &[size, alignment]))?;
        if zeroed {
            self.ports.zero(address, size);
        }
        Ok(address)
    }

    pub fn heap_dealloc(&mut self, address: u64, size: u64, alignment: u64) -> Result<(), Failure> {
        let block = self.heap.block(size, alignment)?;
        self.heap.check(address, block)?;
        self.heap.free(address, block);
        Ok(())
    }

    pub fn heap_add(&mut self, start: u64, size: u64) -> Result<(), Failure> {
        if size == 0 {
            return Err(failure(RANGE_IS_EMPTY, &[start]));
        }
        let end = start.checked_add(size).ok_or(failure(RANGE_OVERFLOWS, &[start, size]))?;
        let range = Range { start, size };
        let machine = self.ports.0;
        if !self.heap.holds_block(range) {
            return Err(failure(RANGE_IS_EMPTY, &[start]));
        }
        if start < machine.arena.start || machine.arena.start + machine.arena.size < end {
            return Err(failure(RANGE_IS_OUTSIDE, &[start, size]));
        }
        if start < self.heap_end {
            return Err(failure(RANGE_OVERLAPS, &[start, size]));
        }
        self.heap.add(range);
        self.heap_end = end;
        Ok(())
    }

    pub fn observe(&self, view: &View) {
        self.pool
            .for_each_free(|address, size| (view.free_pool_block)(view.context, address, size));
        self.heap
            .for_each_free(|address, size| (view.free_heap_block)(view.context, address, size));
        let (lost, granule) = match &self.state {
            State::Open(Some(sharer)) => (&sharer.lost, sharer.granule()),
            _ => (&self.reported, self.granule),
        };
        for (start, region) in lost {
            (view.lost)(view.context, &Range { start: *start, size: granule }, region);
        }
    }
}
