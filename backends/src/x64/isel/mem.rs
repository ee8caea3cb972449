//! Memory: fields, elements, allocation, strings.

use super::*;
use ultra_abi::shape;
use ultra_abi::{Kind, StructId};
use ultra_ir::op::Barrier;

/// Whether a load of the kind fills a register exactly, so that it can be a memory operand.
fn is_full_width(kind: Kind) -> bool {
    matches!(kind.size(), 4 | 8)
}

impl Isel<'_> {
    /// Whether `v` is a load that can become a memory operand of the instruction being selected.
    pub(super) fn can_sink(&self, v: Value) -> bool {
        let Some(i) = self.f.def_inst(v) else { return false };
        let d = &self.f.insts[i];
        if self.uses[v.index()] != 1
            || self.block_of[i.index()] != self.cur_block
            || self.color[i.index()] != self.cur_color
        {
            return false;
        }
        match d.op {
            Op::LoadField => self.m.fields.get(ultra_ir::FieldId(d.b)).is_some_and(|f| is_full_width(f.kind)),
            Op::LoadElem => Kind::ALL.get((d.aux & 0xFF) as usize).is_some_and(|&k| is_full_width(k)),
            Op::PtrLoad => d.ty != Ty::Bool,
            _ => false,
        }
    }

    /// The address of a loaded boolean or unsigned byte that only the test being selected reads.
    pub(super) fn sink_byte(&mut self, v: Value) -> Option<Amode> {
        let i = self.f.def_inst(v)?;
        let d = self.f.insts[i];
        if self.uses[v.index()] != 1
            || self.block_of[i.index()] != self.cur_block
            || self.color[i.index()] != self.cur_color
        {
            return None;
        }
        match d.op {
            Op::LoadField => {
                let field = self
                    .m
                    .fields
                    .get(ultra_ir::FieldId(d.b))
                    .filter(|f| matches!(f.kind, Kind::Bool | Kind::U8))?;
                let offset = field.offset as i32;
                Some(self.object(d.arg_a(), offset))
            }
            Op::LoadElem if [Kind::Bool as u16, Kind::U8 as u16].contains(&(d.aux & 0xFF)) => {
                Some(self.element(d.arg_a(), d.arg_b(), Kind::Bool))
            }
            _ => None,
        }
    }

    /// The address of a load that moves into its user.
    pub(super) fn sink_load(&mut self, v: Value) -> Option<Amode> {
        if !self.can_sink(v) {
            return None;
        }
        let d = self.f.insts[self.f.def_inst(v)?];
        match d.op {
            Op::LoadField => {
                let off = self.m.fields[ultra_ir::FieldId(d.b)].offset;
                Some(self.object(d.arg_a(), off as i32))
            }
            Op::LoadElem => {
                let kind = Kind::ALL[(d.aux & 0xFF) as usize];
                Some(self.element(d.arg_a(), d.arg_b(), kind))
            }
            _ => Some(self.pointer(d.arg_a(), d.b as i32)),
        }
    }

    /// Address of a field of an object.
    pub(super) fn object(&mut self, v: Value, disp: i32) -> Amode {
        if let Some(id) = self.const_int(v) {
            let at = id * shape::ID_SCALE as u64 + disp as u64;
            if at <= i32::MAX as u64 {
                return Amode::base(Loc::P(regs::HEAP), at as i32);
            }
        }
        let r = self.reg(v);
        Amode { base: Loc::P(regs::HEAP), index: Loc::V(r), scale: shape::ID_SCALE as u8, disp }
    }

    /// A pointer with a displacement; addresses known here fold in.
    fn pointer(&mut self, v: Value, disp: i32) -> Amode {
        if let Some(d) = self.f.def(v).copied() {
            match d.op {
                Op::StoreData if self.uses[v.index()] == 1 && self.const_int(d.arg_a()).is_none() => {
                    return self.object(d.arg_a(), disp + StructId::Store.info().size as i32);
                }
                Op::StackSlot => {
                    let at = self.slot_offset(v, d.a);
                    return Amode::base(Loc::Slots, at + disp);
                }
                _ => {}
            }
        }
        let r = self.reg(v);
        Amode::base(Loc::V(r), disp)
    }

    fn element(&mut self, ptr: Value, index: Value, kind: Kind) -> Amode {
        let size = kind.size() as i64;
        if let Some(c) = self.const_int(index) {
            let c = if self.is_wide(index) { c as i64 } else { c as i32 as i64 };
            if let Some(disp) = c.checked_mul(size).filter(|d| (0..1 << 30).contains(d)) {
                return self.pointer(ptr, disp as i32);
            }
        }
        let (index, disp) = self.index_offset(index, size);
        let base = self.reg(ptr);
        let index = self.reg(index);
        Amode { base: Loc::V(base), index: Loc::V(index), scale: size as u8, disp }
    }

    /// Splits `x + c` where the sum in 64 bits is the index: always for 64-bit indices;
    /// for 32-bit ones when c is negative, since x = index - c then is no negative number.
    fn index_offset(&self, v: Value, size: i64) -> (Value, i32) {
        if let Some(d) = self.f.def(v)
            && matches!(d.op, Op::IAdd | Op::ISub)
            && let Some(c) = self.imm32(d.arg_b())
        {
            let c = if d.op == Op::ISub { -c } else { c };
            if (self.is_wide(v) || c < 0) && c.abs() < 1 << 24 {
                return (d.arg_a(), (c * size) as i32);
            }
        }
        (v, 0)
    }

    /// Offset of a stack slot in the area of slots; every `stack_slot` has its own.
    fn slot_offset(&mut self, v: Value, words: u32) -> i32 {
        if let Some(&(_, at)) = self.slots().iter().find(|s| s.0 == v) {
            return at;
        }
        let at = self.vc.slot_bytes as i32;
        self.vc.slot_bytes += 8 * words.max(1);
        self.vc.slots.push((v, at));
        at
    }

    fn slots(&self) -> &[(Value, i32)] {
        &self.vc.slots
    }

    /// The shape index of an object, in a new register.
    pub(super) fn shape_of(&mut self, v: Value) -> VReg {
        let meta = StructId::Header.field("meta").offset as i32;
        let m = self.object(v, meta);
        let (t, u) = (self.tmp_int(), self.tmp_int());
        self.ins(Code::Mov_r32_rm32, &[A::Def(t), A::Mem(m)]);
        self.ins(Code::And_rm32_imm32, &[A::Tied(t, u), A::Imm(shape::META_SHAPE_MASK as i64)]);
        u
    }

    fn load(&mut self, dst: VReg, m: Amode, kind: Kind) {
        let code = match kind {
            Kind::I8 => Code::Movsx_r32_rm8,
            Kind::U8 | Kind::Bool => Code::Movzx_r32_rm8,
            Kind::I16 => Code::Movsx_r32_rm16,
            Kind::U16 => Code::Movzx_r32_rm16,
            Kind::I32 | Kind::U32 | Kind::Ref => Code::Mov_r32_rm32,
            Kind::I64 | Kind::U64 | Kind::Str | Kind::Any => Code::Mov_r64_rm64,
            Kind::F32 => Code::Movss_xmm_xmmm32,
            Kind::F64 => Code::Movsd_xmm_xmmm64,
        };
        self.ins(code, &[A::Def(dst), A::Mem(m)]);
    }

    fn store(&mut self, m: Amode, v: Value, kind: Kind) {
        let imm = self.const_int(v).and_then(|c| match kind.size() {
            1 => Some(c as u8 as i8 as i64),
            2 => Some(c as u16 as i16 as i64),
            4 => Some(c as u32 as i32 as i64),
            _ => (c as i64 == c as i32 as i64).then_some(c as i64),
        });
        if let Some(imm) = imm {
            let code = match kind.size() {
                1 => Code::Mov_rm8_imm8,
                2 => Code::Mov_rm16_imm16,
                4 => Code::Mov_rm32_imm32,
                _ => Code::Mov_rm64_imm32,
            };
            return self.ins(code, &[A::Mem(m), A::Imm(imm)]);
        }
        let r = self.reg(v);
        let code = match kind {
            Kind::F32 => Code::Movss_xmmm32_xmm,
            Kind::F64 => Code::Movsd_xmmm64_xmm,
            _ => match kind.size() {
                1 => Code::Mov_rm8_r8,
                2 => Code::Mov_rm16_r16,
                4 => Code::Mov_rm32_r32,
                _ => Code::Mov_rm64_r64,
            },
        };
        self.ins(code, &[A::Mem(m), A::Use(r)]);
    }

    /// A store that counts references. `rc` is the address of the container's count; `own` says
    /// that an object is stored into itself.
    fn counted_store(&mut self, slot: Amode, rc: Amode, v: Value, kind: Kind, full: bool, own: bool) {
        // Constants that are not heap objects need no increment, but a full store still logs the old value.
        let value = self.reg(v);
        let (t1, t2) = (self.tmp_int(), self.tmp_int());
        let mut ops = vec![Operand::reg_use_at_end(value), Self::early_def(t1), Self::early_def(t2)];
        let slot = self.mem_operands(slot, &mut ops, true);
        let rc = self.mem_operands(rc, &mut ops, true);
        self.vc.stores.push(StoreInfo { kind, full, candidate: full || own, slot, rc });
        let n = self.vc.stores.len() as u32 - 1;
        self.push(MKind::Store(n), ops, Clobber::None);
    }

    /// A value whose store needs no increment: a constant outside the heap or an immortal.
    fn uncounted(&self, v: Value) -> bool {
        let v = self.resolve(v);
        self.f.def(v).is_some_and(|d| match d.op {
            Op::RefConst | Op::AnyConst | Op::StrConst | Op::GlobalRef => true,
            Op::AnyFromF64 | Op::AnyFromBool => true,
            _ => false,
        })
    }

    fn load_kind(&self, ty: Ty) -> Kind {
        match ty {
            Ty::I64 | Ty::Ptr | Ty::Void => Kind::I64,
            Ty::F32 => Kind::F32,
            Ty::F64 => Kind::F64,
            Ty::Bool => Kind::Bool,
            Ty::I32 => Kind::I32,
            Ty::Ref => Kind::Ref,
            Ty::Str => Kind::Str,
            Ty::Any => Kind::Any,
        }
    }

    pub(super) fn lower_mem(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let header = |f: &str| StructId::Header.field(f).offset as i32;
        match d.op {
            Op::NewObject => return self.new_object(i, None),
            Op::LoadField => {
                let Some(field) = self.m.fields.get(ultra_ir::FieldId(d.b)) else {
                    return self.unsupported("a load of an unknown field".into());
                };
                let (kind, offset) = (field.kind, field.offset);
                let dst = self.result(i);
                let m = self.object(d.arg_a(), offset as i32);
                self.load(dst, m, kind);
            }
            Op::StoreField => {
                let Some(field) = self.m.fields.get(ultra_ir::FieldId(d.c)) else {
                    return self.unsupported("a store to an unknown field".into());
                };
                let (kind, offset) = (field.kind, field.offset);
                let barrier = Barrier::get(d.aux).unwrap_or(Barrier::None);
                let skip = barrier == Barrier::None
                    || !kind.is_counted()
                    || (barrier == Barrier::Init && self.uncounted(d.arg_b()));
                let m = self.object(d.arg_a(), offset as i32);
                if skip {
                    self.store(m, d.arg_b(), kind);
                } else {
                    let rc = self.object(d.arg_a(), header("rc"));
                    let own = self.resolve(d.arg_a()) == self.resolve(d.arg_b());
                    self.counted_store(m, rc, d.arg_b(), kind, barrier == Barrier::Full, own);
                }
            }
            Op::StoreData => {
                let dst = self.result(i);
                let m = self.object(d.arg_a(), StructId::Store.info().size as i32);
                self.ins(Code::Lea_r64_m, &[A::Def(dst), A::Mem(m)]);
            }
            Op::LoadElem => {
                let Some(&kind) = Kind::ALL.get((d.aux & 0xFF) as usize) else {
                    return self.unsupported("an element kind".into());
                };
                let dst = self.result(i);
                let m = self.element(d.arg_a(), d.arg_b(), kind);
                self.load(dst, m, kind);
            }
            Op::StoreElem => {
                let Some(&kind) = Kind::ALL.get((d.aux & 0xFF) as usize) else {
                    return self.unsupported("an element kind".into());
                };
                let barrier = Barrier::get(d.aux >> 8).unwrap_or(Barrier::None);
                let skip = barrier == Barrier::None
                    || !kind.is_counted()
                    || (barrier == Barrier::Init && self.uncounted(d.arg_c()));
                let m = self.element(d.arg_a(), d.arg_b(), kind);
                if skip {
                    self.store(m, d.arg_c(), kind);
                } else {
                    // The store's header lies just before its elements.
                    let rc = self.pointer(d.arg_a(), header("rc") - StructId::Store.info().size as i32);
                    self.counted_store(m, rc, d.arg_c(), kind, barrier == Barrier::Full, false);
                }
            }
            Op::StackSlot => {
                let v = self.f.results[i];
                let at = self.slot_offset(v, d.a);
                let dst = self.result(i);
                self.ins(Code::Lea_r64_m, &[A::Def(dst), A::Mem(Amode::base(Loc::Slots, at))]);
            }
            Op::PtrLoad => {
                let dst = self.result(i);
                let m = self.pointer(d.arg_a(), d.b as i32);
                self.load(dst, m, self.load_kind(d.ty));
            }
            Op::PtrStore => {
                let m = self.pointer(d.arg_a(), d.c as i32);
                let kind = self.load_kind(self.f.ty(d.arg_b()));
                self.store(m, d.arg_b(), kind);
            }
            Op::ShapeOf => {
                let dst = self.result(i);
                let s = self.shape_of(d.arg_a());
                self.mov(dst, s, true);
            }
            Op::StrLen => {
                let s = self.reg(d.arg_a());
                let dst = self.result(i);
                self.push(
                    MKind::StrLen,
                    vec![Operand::reg_use_at_end(s), Self::early_def(dst)],
                    Clobber::None,
                );
            }
            Op::StrCharCode => {
                let (s, n) = (self.reg(d.arg_a()), self.reg(d.arg_b()));
                let (dst, t) = (self.result(i), self.tmp_int());
                let ops = vec![
                    Operand::reg_use_at_end(s),
                    Operand::reg_use_at_end(n),
                    Self::early_def(dst),
                    Self::early_def(t),
                ];
                self.push(MKind::StrCharCode, ops, Clobber::None);
            }
            _ => unreachable!("dispatched by op"),
        }
        Ok(())
    }

    pub(super) fn new_object(&mut self, i: Inst, exc: Option<(MB, MB)>) -> Res<()> {
        let d = self.f.insts[i];
        let Some(class) = self.m.classes.get(ultra_ir::ClassId(d.a)) else {
            return self.unsupported("an unknown class".into());
        };
        let meta = class.shape | class.meta_bits;
        let bytes = class.size.max(shape::CELL_ALIGN).next_multiple_of(shape::CELL_ALIGN);
        if class.size > shape::INLINE_MAX {
            return self.alloc_large(i, class.size, meta, exc);
        }
        self.vc.can_throw = true;
        let (dst, t) = (self.result(i), self.tmp_int());
        self.push(
            MKind::NewObject { class: shape::size_class(bytes), bytes, meta, exc },
            vec![Self::early_def(dst), Self::early_def(t)],
            Clobber::None,
        );
        Ok(())
    }
}
