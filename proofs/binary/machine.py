"""Runs functions of the compiled object symbolically and reports what each path did.

Nothing here knows what the functions mean. A path that the engine cannot follow to the end is lost, and
a lost path is missing from `Run.reached`, which a coverage theorem asks for.
"""

import logging
import subprocess
import time
from dataclasses import dataclass, field

# Before the import: the engine complains at once of accelerators that it does without.
for name in ("angr", "angr.state_plugins.unicorn_engine", "cle", "pyvex"):
    logging.getLogger(name).setLevel(logging.CRITICAL)

import angr
import claripy
import z3

from limits import BLOCKS, ENGINE_SECONDS, FAR_SECONDS, STILL_RUNNING, GaveUp
from logic import every, some

STACK_TOP = 0x7FFF_0000
STACK_BYTES = 4096
RETURN_TO = 0x0050_0000
CALLEE_SAVED = [f"x{number}" for number in range(19, 30)]


def to_z3(expression):
    """The engine's expression as z3 has it."""
    return claripy.backends.z3.convert(expression)


def symbol(name, bits=64):
    """An unknown value; the same name is the same value everywhere."""
    return claripy.BVS(name, bits, explicit_name=True)


def number(value, bits=64):
    """A known value."""
    return claripy.BVV(value, bits)


@dataclass
class Area:
    """Memory that a function may read: whole 64-bit words.

    `writable` has the indices of words that may be written.
    """

    name: str
    address: int
    words: list
    writable: object = ()

    def holds(self, address, size):
        return self.address <= address and address + size <= self.address + 8 * len(self.words)

    def may_change(self, address, size):
        first, last = address - self.address >> 3, address + size - 1 - self.address >> 3
        return all(index in self.writable for index in range(first, last + 1))


@dataclass
class Path:
    """One way through a function: when it is taken, and what it leaves behind."""

    condition: z3.BoolRef
    registers: dict
    areas: dict

    def keeps(self, *names):
        """That the callee-saved registers but these, and the stack pointer, are what they were."""
        kept = [
            self.registers[name] == z3.BitVec(name, 64) for name in CALLEE_SAVED if name not in names
        ]
        return every(*kept, self.registers["sp"] == STACK_TOP)


@dataclass
class Run:
    """All paths through a function, the accesses out of bounds, and the states that were lost."""

    paths: list = field(default_factory=list)
    strays: list = field(default_factory=list)
    lost: list = field(default_factory=list)
    writes: int = 0

    @property
    def reached(self):
        """The inputs for which some path returns."""
        return some(*[path.condition for path in self.paths])


class StandIn(angr.SimProcedure):
    """Takes the place of a function: does what it is told to the state, and returns."""

    def run(self, *, effect):
        effect(self.state)
        self.jump(self.state.regs.x30)


def peek(state, address):
    """A word of memory, without the read being seen."""
    return state.memory.load(
        address, 8, endness=state.arch.memory_endness, disable_actions=True, inspect=False
    )


def poke(state, address, value):
    """Writes a word without the write being seen."""
    state.memory.store(
        address, value, size=8, endness=state.arch.memory_endness, disable_actions=True, inspect=False
    )


class Machine:
    """The linked object."""

    def __init__(self, object_path, linker="ld.lld"):
        image = f"{object_path}.elf"
        subprocess.run(
            [
                linker,
                "-m",
                "aarch64elf",
                "-Ttext=0x400000",
                "--unresolved-symbols=ignore-all",
                "-e",
                "sharing_kernel_allocate",
                str(object_path),
                "-o",
                image,
            ],
            check=True,
        )
        self.project = angr.Project(image, auto_load_libs=False)

    def address(self, name):
        found = self.project.loader.find_symbol(name)
        if found is None:
            raise LookupError(f"the object has no symbol {name}")
        return found.rebased_addr

    def run(self, name, registers, areas=(), assumptions=(), stand_ins={}):
        """Follows every path of a function until it returns.

        `registers` are engine expressions or numbers by name; what is not given is unknown.
        `assumptions` are engine expressions; they only spare the engine paths, so the coverage theorem
        must assume them, too. `stand_ins` are functions of a state that take the place of symbols.
        """
        for replaced, effect in stand_ins.items():
            self.project.hook(self.address(replaced), StandIn(effect=effect), replace=True)
        try:
            return self._run(name, registers, areas, assumptions)
        finally:
            for replaced in stand_ins:
                self.project.unhook(self.address(replaced))

    def _run(self, name, registers, areas, assumptions):
        run = Run()
        state = self._entry(name, registers, areas, assumptions, run)
        manager = self.project.factory.simgr(state)
        blocks = 0
        deadline = time.monotonic() + FAR_SECONDS
        # What still runs after so many blocks is lost, and so not proved.
        while manager.active and blocks < BLOCKS:
            if time.monotonic() > deadline:
                raise GaveUp("the engine")
            blocks += len(manager.active)
            manager.step()
            manager.move("active", "returned", filter_func=lambda state: state.addr == RETURN_TO)
        if manager.stashes.get("interrupted"):
            raise GaveUp("the engine's own solver", ENGINE_SECONDS)
        run.lost += [f"{STILL_RUNNING} at {state.addr:#x}" for state in manager.active]
        run.lost += [f"{error.state.addr:#x}: {error.error}" for error in manager.errored]
        run.lost += [f"no return address at {state.addr}" for state in manager.unconstrained]
        for state in manager.stashes.get("returned", []):
            run.paths.append(self._path(state, areas))
        return run

    def _entry(self, name, registers, areas, assumptions, run):
        state = self.project.factory.blank_state(
            addr=self.address(name),
            add_options={
                angr.options.SYMBOL_FILL_UNCONSTRAINED_MEMORY,
                angr.options.SYMBOL_FILL_UNCONSTRAINED_REGISTERS,
            },
        )
        for register in CALLEE_SAVED:
            setattr(state.regs, register, symbol(register))
        state.regs.sp = STACK_TOP
        state.regs.x30 = RETURN_TO
        for register, value in registers.items():
            setattr(state.regs, register, value)
        for area in areas:
            for index, word in enumerate(area.words):
                poke(state, area.address + 8 * index, word)
        state.solver.add(*assumptions)
        self._watch(state, areas, run)
        return state

    def _watch(self, state, areas, run):
        """Notes every access outside of areas, stack and, for reads, the object's constants."""

        def place(state, address, size):
            if not isinstance(size, int):
                size = state.solver.eval_one(size)
            if isinstance(address, int):
                return address, size
            found = state.solver.eval_upto(address, 2)
            return (found[0] if len(found) == 1 else None), size

        def on_stack(address, size):
            return STACK_TOP - STACK_BYTES <= address and address + size <= STACK_TOP

        def on_write(state):
            run.writes += 1
            address, size = place(state, state.inspect.mem_write_address, state.inspect.mem_write_length)
            if address is None:
                run.strays.append("a write to more than one address")
            elif not on_stack(address, size) and not any(a.may_change(address, size) for a in areas):
                run.strays.append(f"a write of {size} bytes to {address:#x}")

        def on_read(state):
            address, size = place(state, state.inspect.mem_read_address, state.inspect.mem_read_length)
            if address is None:
                run.strays.append("a read from more than one address")
            elif not (
                on_stack(address, size)
                or any(a.holds(address, size) for a in areas)
                or self.project.loader.find_section_containing(address)
            ):
                run.strays.append(f"a read of {size} bytes from {address:#x}")

        state.inspect.b("mem_write", when=angr.BP_BEFORE, action=on_write)
        state.inspect.b("mem_read", when=angr.BP_BEFORE, action=on_read)

    def _path(self, state, areas):
        def words(area):
            return [to_z3(peek(state, area.address + 8 * index)) for index in range(len(area.words))]

        registers = {
            name: to_z3(getattr(state.regs, name))
            for name in [f"x{index}" for index in range(8)] + CALLEE_SAVED + ["sp"]
        }
        conditions = [to_z3(condition) for condition in state.solver.constraints]
        return Path(every(*conditions), registers, {area.name: words(area) for area in areas})
