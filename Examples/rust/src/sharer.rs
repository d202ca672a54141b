//! The owner of all that is shared on demand: regions from the heap, granule by granule.

use crate::buddy::Buddy;
use crate::ffi::*;

const UID: u64 = 0x8600_FF01;
const FEATURES: u64 = 0x8600_0000;
const MEMINFO: u64 = 0xC600_0002;
const SHARE: u64 = 0xC600_0003;
const UNSHARE: u64 = 0xC600_0004;
const MMIO_INFO: u64 = 0xC600_0005;

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    OnDemand,
    BeforeBoot,
    NothingShared,
}

/// The machine's functions, with the context that they want.
#[derive(Clone, Copy)]
pub struct Ports<'a>(pub &'a Machine);

impl Ports<'_> {
    fn call(&self, function: u64, address: u64) -> u64 {
        let mut registers = [function, address, 0, 0];
        (self.0.hypercall)(self.0.context, registers.as_mut_ptr());
        registers[0]
    }

    pub fn zero(&self, start: u64, size: u64) {
        (self.0.zero)(self.0.context, start, size)
    }

    pub fn copy(&self, from: u64, to: u64, size: u64) {
        (self.0.copy)(self.0.context, from, to, size)
    }

    /// Which hypervisor it is, by the UUID, and for KVM by MMIO guard and features.
    pub fn detect(&self) -> Result<Kind, Failure> {
        let mut registers = [UID, 0, 0, 0];
        (self.0.hypercall)(self.0.context, registers.as_mut_ptr());
        match registers.map(|word| word as u32) {
            [0xB66F_B428, 0xE911_C52E, 0x564B_CAA9, 0x743A_004D] => {
                match self.call(MMIO_INFO, 0) as i64 {
                    -1 => self.kind_without_guard(),
                    1.. => Ok(Kind::OnDemand),
                    answer => Err(failure(HYPERCALL_FAILED, &[MMIO_INFO, 0, answer as u64])),
                }
            }
            [0xCD8F_D5C1, 0xDB5F_53A4, 0x36CE_6592, 0x145F_3D67] => Ok(Kind::BeforeBoot),
            [0xD04E_137E, 0x8D48_823B, 0xC169_EE8C, 0xE7DB_1192] => Ok(Kind::OnDemand),
            words => Err(failure(UNKNOWN_HYPERVISOR, &words.map(u64::from))),
        }
    }

    /// Bit 0 is that of the features themselves, bits 2 to 4 share, bits 5 to 8 guard.
    fn kind_without_guard(&self) -> Result<Kind, Failure> {
        let features = self.call(FEATURES, 0);
        match features & 0x1FD {
            _ if features as u32 == u32::MAX => Ok(Kind::NothingShared),
            0x1 => Ok(Kind::NothingShared),
            0x1D => Ok(Kind::OnDemand),
            _ => Err(failure(HYPERCALL_FAILED, &[FEATURES, 0, features])),
        }
    }

    pub fn granule(&self) -> Result<u64, Failure> {
        let answer = self.call(MEMINFO, 0);
        if (answer as i64) < 0 {
            return Err(failure(HYPERCALL_FAILED, &[MEMINFO, 0, answer]));
        }
        if !answer.is_power_of_two() {
            return Err(failure(GRANULE_IS_NOT_A_POWER_OF_TWO, &[answer]));
        }
        Ok(answer)
    }

    fn unshare(&self, granule: u64) -> bool {
        self.call(UNSHARE, granule) == 0
    }
}

pub struct Sharer<'a> {
    ports: Ports<'a>,
    kind: Kind,
    granule: u64,
    regions: Vec<Range>,
    /// Regions that hold a lost granule, or that the heap did not take back.
    kept: u64,
    /// Granules that could not be taken back, each with its region.
    pub lost: Vec<(u64, Range)>,
}

impl<'a> Sharer<'a> {
    pub fn new(ports: Ports<'a>, kind: Kind, granule: u64) -> Self {
        Sharer { ports, kind, granule, regions: Vec::new(), kept: 0, lost: Vec::new() }
    }

    pub fn granule(&self) -> u64 {
        self.granule
    }

    fn granules(&self, region: Range) -> impl Iterator<Item = u64> {
        (region.start..region.start + region.size).step_by(self.granule as usize)
    }

    /// A zeroed region for a block, shared where the hypervisor shares on demand.
    pub fn refill(&mut self, heap: &mut Buddy, size: u64, block: u64) -> Result<Range, Failure> {
        let mut wanted = match self.kind {
            Kind::OnDemand => block.max(self.granule),
            _ => block,
        };
        let mut alignment = wanted;
        if cfg!(feature = "refill-without-rounding") {
            // Whole granules of what was asked for, wherever the heap has them.
            wanted = size.next_multiple_of(self.granule.max(1));
            alignment = self.granule;
        }
        let region = self.take(heap, wanted, alignment)?;
        if self.kind == Kind::OnDemand {
            self.share(heap, region)?;
        }
        self.regions.push(region);
        Ok(region)
    }

    fn take(&self, heap: &mut Buddy, size: u64, alignment: u64) -> Result<Range, Failure> {
        let machine = self.ports.0;
        let refused = failure(EXHAUSTED, &[size, alignment]);
        if (machine.region_may_be_taken)(machine.context, size, alignment) == 0 {
            return Err(refused);
        }
        let start = heap.block_to_serve(size, alignment).ok().and_then(|block| heap.take(block));
        let Some(start) = start else {
            (machine.region_missing)(machine.context, size, alignment);
            return Err(refused);
        };
        self.ports.zero(start, size);
        (machine.region_taken)(machine.context, start, size, alignment);
        Ok(Range { start, size })
    }

    fn share(&mut self, heap: &mut Buddy, region: Range) -> Result<(), Failure> {
        for granule in self.granules(region) {
            let answer = self.ports.call(SHARE, granule);
            if answer == 0 {
                continue;
            }
            if !self.is_private(granule) {
                self.lost.push((granule, region));
            }
            for before in self.granules(region).take_while(|&before| before != granule) {
                if !self.ports.unshare(before) {
                    self.lost.push((before, region));
                }
            }
            self.give_back(heap, region);
            return Err(failure(HYPERCALL_FAILED, &[SHARE, granule, answer]));
        }
        Ok(())
    }

    /// After a SHARE that failed. Only an UNSHARE that answers 0 proves a granule private.
    fn is_private(&self, granule: u64) -> bool {
        if self.ports.unshare(granule) {
            return true;
        }
        self.ports.zero(granule, self.granule);
        self.ports.call(SHARE, granule) == 0 && self.ports.unshare(granule)
    }

    /// Scrubs what is private, and gives the region back if that is all of it. Whether it went.
    fn give_back(&mut self, heap: &mut Buddy, region: Range) -> bool {
        let machine = self.ports.0;
        let lost: Vec<u64> = self
            .lost
            .iter()
            .filter(|(_, its)| *its == region)
            .map(|&(granule, _)| granule)
            .collect();
        if !lost.is_empty() {
            for granule in self.granules(region).filter(|granule| !lost.contains(granule)) {
                self.ports.zero(granule, self.granule);
            }
        } else {
            if !cfg!(feature = "returns-unscrubbed") {
                self.ports.zero(region.start, region.size);
            }
            if (machine.region_may_return)(machine.context, region.start, region.size) != 0 {
                let alignment = if cfg!(feature = "refill-without-rounding") {
                    self.granule
                } else {
                    region.size
                };
                if let Ok(block) = heap.block(region.size, alignment) {
                    heap.free(region.start, block);
                }
                (machine.region_returned)(machine.context, region.start, region.size, alignment);
                return true;
            }
        }
        self.kept += 1;
        false
    }

    /// Takes everything back, the last region first.
    pub fn unshare_all(&mut self, heap: &mut Buddy) -> Unshared {
        let mut report = Unshared { regions_kept: self.kept, ..Unshared::default() };
        while let Some(region) = self.regions.pop() {
            if self.kind == Kind::OnDemand {
                for granule in self.granules(region) {
                    if self.ports.unshare(granule) {
                        report.granules_unshared += 1;
                    } else if cfg!(feature = "teardown-stops-at-a-failure") {
                        return report;
                    } else {
                        self.lost.push((granule, region));
                    }
                }
            }
            if self.give_back(heap, region) {
                report.regions_returned += 1;
            } else {
                report.regions_kept += 1;
            }
        }
        report.granules_quarantined = self.lost.len() as u64;
        report
    }
}
