//! A buddy allocator: a sorted set of free blocks for each order, and what is in use beside it.

use crate::ffi::*;
use std::collections::{BTreeMap, BTreeSet};

pub struct Buddy {
    minimum: u64,
    largest: u64,
    /// The free blocks of each size, by its logarithm.
    free: Vec<BTreeSet<u64>>,
    /// The blocks in use: address and size.
    used: BTreeMap<u64, u64>,
}

impl Buddy {
    pub fn new(minimum: u64, largest: u64) -> Self {
        Buddy { minimum, largest, free: vec![BTreeSet::new(); 64], used: BTreeMap::new() }
    }

    /// The block that serves a layout.
    pub fn block(&self, size: u64, alignment: u64) -> Result<u64, Failure> {
        if size == 0 {
            return Err(failure(SIZE_IS_ZERO, &[]));
        }
        if !alignment.is_power_of_two() {
            return Err(failure(ALIGNMENT_IS_NOT_A_POWER_OF_TWO, &[alignment]));
        }
        let block = size.max(alignment).max(self.minimum).checked_next_power_of_two();
        block.ok_or(failure(SIZE_OVERFLOWS, &[size]))
    }

    /// The same where it is no larger than the largest.
    pub fn block_to_serve(&self, size: u64, alignment: u64) -> Result<u64, Failure> {
        let block = self.block(size, alignment)?;
        if block > self.largest {
            return Err(failure(LARGER_THAN_THE_TOP_ORDER, &[size, alignment]));
        }
        Ok(block)
    }

    /// The whole smallest blocks of a range, as an address and the end; 64 bits may hold no end.
    fn whole(&self, range: Range) -> Option<(u64, u64)> {
        let first = range.start.checked_next_multiple_of(self.minimum)?;
        let end = (range.start + range.size) / self.minimum * self.minimum;
        (first < end).then_some((first, end))
    }

    pub fn holds_block(&self, range: Range) -> bool {
        self.whole(range).is_some()
    }

    /// Adds all whole blocks of a range, the largest that fit.
    pub fn add(&mut self, range: Range) {
        let Some((mut at, end)) = self.whole(range) else { return };
        while at < end {
            let room = 1 << (63 - (end - at).leading_zeros());
            let aligned = if at == 0 { room } else { 1 << at.trailing_zeros() };
            let size = aligned.min(room).min(self.largest);
            self.give(at, size);
            at += size;
        }
    }

    /// The lowest block of the smallest size that is large enough; its lower part is taken.
    pub fn take(&mut self, block: u64) -> Option<u64> {
        let order = block.trailing_zeros() as usize;
        let found = (order..64).find(|&larger| !self.free[larger].is_empty())?;
        let address = self.free[found].pop_first()?;
        for smaller in order..found {
            self.free[smaller].insert(address + (1 << smaller));
        }
        self.used.insert(address, block);
        Some(address)
    }

    /// Whether a block is in use at an address.
    pub fn check(&self, address: u64, block: u64) -> Result<(), Failure> {
        match self.used.get(&address) {
            Some(&size) if size == block => Ok(()),
            Some(_) => Err(failure(ALLOCATED_WITH_ANOTHER_LAYOUT, &[address])),
            None => Err(failure(NOT_ALLOCATED, &[address])),
        }
    }

    /// Frees a block in use.
    pub fn free(&mut self, address: u64, block: u64) {
        self.used.remove(&address);
        self.give(address, block);
    }

    /// Gives a block back, merged with its buddies up to the top order.
    fn give(&mut self, mut address: u64, mut size: u64) {
        let merges_too_far = cfg!(feature = "top-order-merges");
        while size < self.largest || (merges_too_far && size == self.largest && size < 1 << 62) {
            if !self.free[size.trailing_zeros() as usize].remove(&(address ^ size)) {
                break;
            }
            address &= !size;
            size *= 2;
        }
        if size > self.largest {
            return; // The bug: there is no list for a block of this size.
        }
        self.free[size.trailing_zeros() as usize].insert(address);
    }

    pub fn forget_all(&mut self) {
        self.used.clear();
        self.free.iter_mut().for_each(BTreeSet::clear);
    }

    pub fn for_each_free(&self, mut body: impl FnMut(u64, u64)) {
        for (order, blocks) in self.free.iter().enumerate() {
            blocks.iter().for_each(|&address| body(address, 1 << order));
        }
    }
}
