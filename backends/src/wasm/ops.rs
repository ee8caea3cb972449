//! WebAssembly for each operation: one match.
//!
//! Operands are pushed in order; the result is popped last, so that a result may
//! share its local with an operand that ends here. Offsets come from the field
//! table and from the runtime structs; no number of a layout stands in this file.

use super::code::{Helper, mem};
use super::func::{FuncGen, signature};
use super::helpers::{field, inc_ref};
use super::live::val_type;
use ultra_abi::layout::{BumpRun, StructId, ctx};
use ultra_abi::rtfn::{Effects, RtFn};
use ultra_abi::shape::{INLINE_MAX, META_SHAPE_MASK, RC_NEW, SHAPE_DESC_SIZE, size_class};
use ultra_abi::value::{
    ABSENT, CANONICAL_NAN, FALSE, FIRST_TAGGED, HOLE_F64, NULL, TAG_OBJECT, TAG_SHIFT, TAG_SMALL_STRING,
    TAG_STRING, UNDEFINED, UNDEFINED_F64,
};
use ultra_ir::op::{AnyTest, Barrier, FloatCc, IntCc, Op};
use ultra_ir::{ClassId, FieldId, FuncId, Inst, InstData, Kind, SigId, Ty, Value};
use wasm_encoder::{BlockType, Instruction as I, ValType};

use super::code::Callee;

/// Ancestors that a shape descriptor shows; deeper tests go to the runtime.
const DISPLAY: [&str; 4] = ["display0", "display1", "display2", "display3"];

/// Where a store goes: an object and the address of the slot in it.
struct Slot {
    /// Local with the object that contains the slot.
    container: u32,
    /// Local with the address that `offset` is added to.
    base: u32,
    offset: u32,
    kind: Kind,
    align: u32,
}

impl FuncGen<'_> {
    /// Emits one instruction that is no terminator. The error is the name of an operation that is not supported.
    pub fn inst(&mut self, inst: Inst) -> Result<(), &'static str> {
        let d = self.func.insts[inst];
        let ty = d.ty;
        let wide = val_type(ty) == Some(ValType::I64);
        match d.op {
            // Constants stand where they are used.
            Op::IConst
            | Op::F64Const
            | Op::F32Const
            | Op::BConst
            | Op::RefConst
            | Op::AnyConst
            | Op::StrConst => return Ok(()),
            Op::GlobalRef | Op::FuncCell => return Ok(()),

            Op::IAdd => self.binary(&d, pick(wide, I::I32Add, I::I64Add)),
            Op::ISub => self.binary(&d, pick(wide, I::I32Sub, I::I64Sub)),
            Op::IMul => self.binary(&d, pick(wide, I::I32Mul, I::I64Mul)),
            Op::IAnd => self.binary(&d, pick(wide, I::I32And, I::I64And)),
            Op::IOr => self.binary(&d, pick(wide, I::I32Or, I::I64Or)),
            Op::IXor => self.binary(&d, pick(wide, I::I32Xor, I::I64Xor)),
            Op::Shl => self.binary(&d, pick(wide, I::I32Shl, I::I64Shl)),
            Op::SShr => self.binary(&d, pick(wide, I::I32ShrS, I::I64ShrS)),
            Op::UShr => self.binary(&d, pick(wide, I::I32ShrU, I::I64ShrU)),
            Op::UDiv => self.binary(&d, pick(wide, I::I32DivU, I::I64DivU)),
            Op::SRem => self.binary(&d, pick(wide, I::I32RemS, I::I64RemS)),
            Op::URem => self.binary(&d, pick(wide, I::I32RemU, I::I64RemU)),
            Op::SDiv => self.sdiv(&d, wide),
            Op::INeg => {
                self.int(wide, 0);
                self.unary(&d, pick(wide, I::I32Sub, I::I64Sub));
            }
            Op::INot => {
                self.get(d.arg_a());
                self.int(wide, -1);
                self.code.push(pick(wide, I::I32Xor, I::I64Xor));
            }
            Op::SExt8 => self.unary(&d, pick(wide, I::I32Extend8S, I::I64Extend8S)),
            Op::SExt16 => self.unary(&d, pick(wide, I::I32Extend16S, I::I64Extend16S)),
            Op::ZExt8 | Op::ZExt16 => {
                self.get(d.arg_a());
                self.int(wide, if d.op == Op::ZExt8 { 0xff } else { 0xffff });
                self.code.push(pick(wide, I::I32And, I::I64And));
            }
            Op::SExt32 => self.unary(&d, I::I64ExtendI32S),
            Op::ZExt32 => self.unary(&d, I::I64ExtendI32U),
            Op::Trunc => self.unary(&d, I::I32WrapI64),
            Op::Clz => self.unary(&d, pick(wide, I::I32Clz, I::I64Clz)),
            Op::SAddOv | Op::SSubOv | Op::SMulOv => self.overflow(&d),

            Op::FAdd => self.binary(&d, pick(ty == Ty::F64, I::F32Add, I::F64Add)),
            Op::FSub => self.binary(&d, pick(ty == Ty::F64, I::F32Sub, I::F64Sub)),
            Op::FMul => self.binary(&d, pick(ty == Ty::F64, I::F32Mul, I::F64Mul)),
            Op::FDiv => self.binary(&d, pick(ty == Ty::F64, I::F32Div, I::F64Div)),
            Op::FMin => self.binary(&d, pick(ty == Ty::F64, I::F32Min, I::F64Min)),
            Op::FMax => self.binary(&d, pick(ty == Ty::F64, I::F32Max, I::F64Max)),
            Op::FNeg => self.unary(&d, pick(ty == Ty::F64, I::F32Neg, I::F64Neg)),
            Op::FAbs => self.unary(&d, pick(ty == Ty::F64, I::F32Abs, I::F64Abs)),
            Op::FSqrt => self.unary(&d, pick(ty == Ty::F64, I::F32Sqrt, I::F64Sqrt)),
            Op::FFloor => self.unary(&d, pick(ty == Ty::F64, I::F32Floor, I::F64Floor)),
            Op::FCeil => self.unary(&d, pick(ty == Ty::F64, I::F32Ceil, I::F64Ceil)),
            Op::FTrunc => self.unary(&d, pick(ty == Ty::F64, I::F32Trunc, I::F64Trunc)),
            Op::FCanon => {
                let x = self.scratch.f64;
                self.get(d.arg_a());
                self.code.tee(x).f64_bits(CANONICAL_NAN).get(x).get(x).push(I::F64Eq).push(I::Select);
            }
            Op::SToF | Op::UToF | Op::FToSSat | Op::FToUSat => {
                self.get(d.arg_a());
                let convert = conversion(d.op, self.func.ty(d.arg_a()), ty).ok_or(d.op.name())?;
                self.code.push(convert);
            }
            Op::FToS => self.f_to_s(&d).ok_or(d.op.name())?,
            Op::FToInt32 => self.f_to_int32(&d),
            Op::FPromote => self.unary(&d, I::F64PromoteF32),
            Op::FDemote => self.unary(&d, I::F32DemoteF64),
            Op::FBits | Op::AnyToF64 | Op::FFromBits => {
                self.unary(&d, if d.op == Op::FBits { I::I64ReinterpretF64 } else { I::F64ReinterpretI64 });
            }
            Op::BToI | Op::AnyFromStr | Op::AnyToStr => self.get(d.arg_a()),

            Op::ICmp => {
                let wide = val_type(self.func.ty(d.arg_a())) == Some(ValType::I64);
                self.binary(&d, int_compare(IntCc::get(d.aux).ok_or(d.op.name())?, wide));
            }
            Op::FCmp => {
                let double = self.func.ty(d.arg_a()) == Ty::F64;
                self.binary(&d, float_compare(FloatCc::get(d.aux).ok_or(d.op.name())?, double));
            }
            Op::BNot => self.unary(&d, I::I32Eqz),
            Op::Select => {
                self.get(d.arg_b());
                self.get(d.arg_c());
                self.get(d.arg_a());
                self.code.push(I::Select);
            }

            Op::AnyFromF64 => self.any_from_f64(&d),
            Op::AnyFromBool => {
                self.unary(&d, I::I64ExtendI32U);
                self.code.i64(FALSE).push(I::I64Or);
            }
            Op::AnyFromRef => self.any_from_ref(d.arg_a()),
            Op::AnyIs => {
                self.get(d.arg_a());
                self.any_is(AnyTest::get(d.aux).ok_or(d.op.name())?);
            }
            Op::AnyToRef => self.unary(&d, I::I32WrapI64),
            Op::AnyToBool => {
                self.unary(&d, I::I32WrapI64);
                self.code.i32(1).push(I::I32And);
            }
            Op::RefIsNullish => {
                self.get(d.arg_a());
                self.code.i32(1).push(I::I32LeU);
            }

            Op::NewObject => self.new_object(ClassId(d.a)),
            Op::LoadField => {
                let f = &self.module.fields[FieldId(d.b)];
                self.get(d.arg_a());
                self.code.push(load(f.kind, f.offset, 2));
            }
            Op::StoreField => {
                let f = &self.module.fields[FieldId(d.c)];
                let object = self.local_of(d.arg_a());
                let slot = Slot { container: object, base: object, offset: f.offset, kind: f.kind, align: 2 };
                self.store(slot, d.arg_b(), d.aux).ok_or(d.op.name())?;
            }
            Op::StoreData => {
                self.get(d.arg_a());
                self.code.i32(StructId::Store.info().size as i32).push(I::I32Add);
            }
            Op::LoadElem => {
                let kind = element_kind(d.aux).ok_or(d.op.name())?;
                self.element(&d, kind);
                self.code.push(load(kind, 0, 3));
            }
            Op::StoreElem => {
                let kind = element_kind(d.aux).ok_or(d.op.name())?;
                self.store_elem(&d, kind).ok_or(d.op.name())?;
            }
            Op::StackSlot => self.area(inst),
            Op::PtrLoad => {
                self.get(d.arg_a());
                let at = mem(d.b, 2);
                self.code.push(match val_type(ty).ok_or(d.op.name())? {
                    ValType::I64 => I::I64Load(at),
                    ValType::F64 => I::F64Load(at),
                    ValType::F32 => I::F32Load(at),
                    _ => I::I32Load(at),
                });
            }
            Op::PtrStore => {
                self.get(d.arg_a());
                self.get(d.arg_b());
                let at = mem(d.c, 2);
                self.code.push(match val_type(self.func.ty(d.arg_b())).ok_or(d.op.name())? {
                    ValType::I64 => I::I64Store(at),
                    ValType::F64 => I::F64Store(at),
                    ValType::F32 => I::F32Store(at),
                    _ => I::I32Store(at),
                });
            }
            Op::ShapeOf => {
                self.get(d.arg_a());
                self.shape_index();
            }
            Op::IsInstance => self.is_instance(&d),
            Op::StrLen => {
                self.get(d.arg_a());
                self.code.helper(Helper::StrLen);
            }
            Op::StrCharCode => {
                self.get(d.arg_a());
                self.get(d.arg_b());
                self.code.helper(Helper::StrCharCode);
            }

            Op::Call => {
                let callee = FuncId(d.a);
                if self.module.bodies.get(callee).is_none_or(Option::is_none) {
                    return Err("call of a function without a body");
                }
                self.args(&d, 0);
                self.code.call(Callee::Func(callee));
                let ret = self.module.funcs[callee].sig.ret;
                self.drop_unused(inst, ret);
            }
            Op::CallRt => {
                let f = RtFn::from_index(d.a).ok_or(d.op.name())?;
                self.call_rt(inst, &d, f);
                return Ok(());
            }
            Op::CallVirtual => self.call_virtual(inst, &d).ok_or(d.op.name())?,
            Op::CallCell => self.call_cell(inst, &d).ok_or(d.op.name())?,
            Op::CatchValue => self.catch_value(),
            Op::Poll => {
                self.below_limit();
                self.code.if_();
                let fp = self.fp;
                self.code.set_scan_top(fp).context().rt(RtFn::Poll);
                self.code.end();
                self.check_exception();
            }
            op => return Err(op.name()),
        }
        self.set_result(inst);
        Ok(())
    }

    fn unary(&mut self, d: &InstData, op: I<'static>) {
        self.get(d.arg_a());
        self.code.push(op);
    }

    fn binary(&mut self, d: &InstData, op: I<'static>) {
        self.get(d.arg_a());
        self.get(d.arg_b());
        self.code.push(op);
    }

    fn int(&mut self, wide: bool, v: i64) {
        if wide {
            self.code.i64(v as u64);
        } else {
            self.code.i32(v as i32);
        }
    }

    // Arithmetic.

    /// WebAssembly traps where the quotient does not fit; here it wraps.
    fn sdiv(&mut self, d: &InstData, wide: bool) {
        let divide = pick(wide, I::I32DivS, I::I64DivS);
        if self.const_def(d.arg_b()).is_some_and(|c| c.imm() as i32 != -1) {
            return self.binary(d, divide);
        }
        let ty = if wide { ValType::I64 } else { ValType::I32 };
        self.read(d.arg_b());
        self.int(wide, -1);
        self.code.push(pick(wide, I::I32Eq, I::I64Eq)).push(I::If(BlockType::Result(ty)));
        self.int(wide, 0);
        self.get(d.arg_a());
        self.code.push(pick(wide, I::I32Sub, I::I64Sub)).else_();
        self.binary(d, divide);
        self.code.end();
    }

    fn overflow(&mut self, d: &InstData) {
        let wide = self.func.ty(d.arg_a()) == Ty::I64;
        let (a, b) = (d.arg_a(), d.arg_b());
        if d.op == Op::SMulOv {
            if wide {
                self.read(a);
                self.read(b);
                self.code.helper(Helper::MulOv64);
                return;
            }
            let product = self.scratch.i64;
            self.read(a);
            self.code.push(I::I64ExtendI32S);
            self.read(b);
            self.code.push(I::I64ExtendI32S).push(I::I64Mul).tee(product);
            self.code.push(I::I32WrapI64).push(I::I64ExtendI32S).get(product).push(I::I64Ne);
            return;
        }
        // The sign of the result differs from a's, and from b's (of the sum) or b differs from a (of the difference).
        let r = if wide { self.scratch.i64 } else { self.scratch.i32[0] };
        let xor = || pick(wide, I::I32Xor, I::I64Xor);
        self.read(a);
        self.read(b);
        self.code.push(match d.op {
            Op::SAddOv => pick(wide, I::I32Add, I::I64Add),
            _ => pick(wide, I::I32Sub, I::I64Sub),
        });
        self.code.set(r).push(I::LocalGet(r));
        self.read(a);
        self.code.push(xor());
        if d.op == Op::SAddOv {
            self.code.push(I::LocalGet(r));
        } else {
            self.read(a);
        }
        self.read(b);
        self.code.push(xor()).push(pick(wide, I::I32And, I::I64And));
        self.int(wide, 0);
        self.code.push(pick(wide, I::I32LtS, I::I64LtS));
    }

    /// Truncates; what does not fit gives the least value, as the x86-64 instruction does.
    fn f_to_s(&mut self, d: &InstData) -> Option<()> {
        let from = self.func.ty(d.arg_a());
        let wide = d.ty == Ty::I64;
        let truncate = conversion(Op::FToSSat, from, d.ty)?;
        self.get(d.arg_a());
        if from == Ty::F32 {
            self.code.push(I::F64PromoteF32);
        }
        let x = self.scratch.f64;
        self.code.set(x);
        // Saturation gives the right answer below the range; above it and for NaN the comparison fails.
        self.code.push(I::LocalGet(x));
        self.code.push(if from == Ty::F32 { conversion(Op::FToSSat, Ty::F64, d.ty)? } else { truncate });
        self.int(wide, if wide { i64::MIN } else { i64::from(i32::MIN) });
        let limit = if wide { 9_223_372_036_854_775_808.0f64 } else { 2_147_483_648.0 };
        self.code.push(I::LocalGet(x)).f64_bits(limit.to_bits()).push(I::F64Lt).push(I::Select);
        Some(())
    }

    /// The low 32 bits of the truncated integer where that fits 64 bits, else the runtime.
    fn f_to_int32(&mut self, d: &InstData) {
        let x = self.scratch.f64;
        self.get(d.arg_a());
        self.code
            .set(x)
            .push(I::LocalGet(x))
            .push(I::F64Abs)
            .f64_bits(9_223_372_036_854_775_808.0f64.to_bits());
        self.code.push(I::F64Lt).push(I::If(BlockType::Result(ValType::I32)));
        self.code.push(I::LocalGet(x)).push(I::I64TruncSatF64S).push(I::I32WrapI64);
        self.code.else_().context().push(I::LocalGet(x)).rt(RtFn::F64ToInt32).end();
    }

    // Values of type any.

    fn any_from_f64(&mut self, d: &InstData) {
        if d.aux != 1 {
            return self.unary(d, I::I64ReinterpretF64);
        }
        let bits = self.scratch.i64;
        self.code.i64(UNDEFINED);
        self.unary(d, I::I64ReinterpretF64);
        self.code.tee(bits).push(I::LocalGet(bits)).i64(UNDEFINED_F64).push(I::I64Eq);
        self.code.push(I::LocalGet(bits)).i64(HOLE_F64).push(I::I64Eq).push(I::I32Or).push(I::Select);
    }

    fn any_from_ref(&mut self, v: Value) {
        // 0 and 1 keep their bits under the tag of undefined and null.
        debug_assert_eq!(UNDEFINED | 1, NULL);
        self.read(v);
        self.code.push(I::I64ExtendI32U).i64(TAG_OBJECT << TAG_SHIFT).i64(UNDEFINED);
        self.read(v);
        self.code.i32(1).push(I::I32GtU).push(I::Select).push(I::I64Or);
    }

    fn tag(&mut self) {
        self.code.i64(TAG_SHIFT.into()).push(I::I64ShrU);
    }

    /// Replaces the word on the stack by whether the test holds.
    fn any_is(&mut self, test: AnyTest) {
        let word = self.scratch.i64;
        match test {
            AnyTest::Double => {
                self.code.i64(FIRST_TAGGED).push(I::I64LtU);
            }
            AnyTest::Str => {
                self.tag();
                self.code.i64(TAG_STRING).push(I::I64Sub).i64(TAG_SMALL_STRING - TAG_STRING).push(I::I64LeU);
            }
            AnyTest::Object => {
                self.tag();
                self.code.i64(TAG_OBJECT).push(I::I64Eq);
            }
            AnyTest::Bool => self.pair(FALSE),
            AnyTest::Nullish => self.pair(UNDEFINED),
            AnyTest::Undefined => self.is_word(UNDEFINED),
            AnyTest::Null => self.is_word(NULL),
            AnyTest::Absent => self.is_word(ABSENT),
            AnyTest::ObjectOrNullish => {
                self.code.tee(word);
                self.tag();
                self.code.i64(TAG_OBJECT).push(I::I64Eq).push(I::LocalGet(word));
                self.pair(UNDEFINED);
                self.code.push(I::I32Or);
            }
        }
    }

    fn is_word(&mut self, word: u64) {
        self.code.i64(word).push(I::I64Eq);
    }

    /// Tests for an even word or the one after it.
    fn pair(&mut self, even: u64) {
        self.code.i64(!1).push(I::I64And).i64(even).push(I::I64Eq);
    }

    // Objects.

    /// A local that holds `v`; constants are put into the first scratch local.
    fn local_of(&mut self, v: Value) -> u32 {
        match self.local(v) {
            Some(local) => local,
            None => {
                let scratch = self.scratch.i32[0];
                self.get(v);
                self.code.set(scratch);
                scratch
            }
        }
    }

    fn new_object(&mut self, class: ClassId) {
        let class = &self.module.classes[class];
        let shape = (class.shape | class.meta_bits) as i32;
        if class.size > INLINE_MAX {
            self.code.context().i32(class.size as i32).i32(shape).rt(RtFn::AllocLarge);
            let object = self.scratch.i32[0];
            self.code.set(object);
            self.check_exception();
            self.code.push(I::LocalGet(object));
            return;
        }
        let k = size_class(class.size);
        let run = ctx::BUMP as u32 + k * size_of::<BumpRun>() as u32;
        let cell = (k + 1) * ultra_abi::shape::CELL_ALIGN;
        let (cur, end) = (run + field(StructId::BumpRun, "cur"), run + field(StructId::BumpRun, "end"));
        let (object, next) = (self.scratch.i32[0], self.scratch.i32[1]);
        let fp = self.fp;
        // The header as one store: the count word of a new object below, META above.
        let header = u64::from(RC_NEW) | u64::from(shape as u32) << 32;
        let c = &mut self.code;
        c.load_context(cur as i32).tee(object).i32(cell as i32).push(I::I32Add).tee(next);
        c.load_context(end as i32).push(I::I32GtU).if_();
        c.set_scan_top(fp).context().i32(k as i32).i32(shape).rt(RtFn::AllocSlow).set(object);
        self.nested(|g| g.check_exception());
        let c = &mut self.code;
        c.else_();
        c.context().push(I::LocalGet(next)).push(I::I32Store(mem(cur, 2)));
        c.push(I::LocalGet(object)).i64(header).push(I::I64Store(mem(0, 3)));
        c.end().push(I::LocalGet(object));
    }

    /// Replaces the object on the stack by its shape index.
    fn shape_index(&mut self) {
        self.code
            .push(I::I32Load(mem(field(StructId::Header, "meta"), 2)))
            .i32(META_SHAPE_MASK as i32)
            .push(I::I32And);
    }

    /// Replaces a shape index on the stack by a word of the shape's descriptor.
    fn descriptor(&mut self, name: &str) {
        let offset = self.unit.shapes_base + field(StructId::ShapeDesc, name);
        self.code
            .i32(SHAPE_DESC_SIZE.trailing_zeros() as i32)
            .push(I::I32Shl)
            .push(I::I32Load(mem(offset, 2)));
    }

    fn is_instance(&mut self, d: &InstData) {
        let class = &self.module.classes[ClassId(d.b)];
        let shape = class.shape as i32;
        if class.leaf {
            self.get(d.arg_a());
            self.shape_index();
            self.code.i32(shape).push(I::I32Eq);
            return;
        }
        match DISPLAY.get(class.depth as usize) {
            Some(display) => {
                self.get(d.arg_a());
                self.shape_index();
                self.descriptor(display);
                self.code.i32(shape).push(I::I32Eq);
            }
            None => {
                self.code.context();
                self.any_from_ref(d.arg_a());
                self.code.i32(shape).rt(RtFn::InstanceOfDeep);
            }
        }
    }

    // Elements and stores.

    /// Pushes the address of element b of a.
    fn element(&mut self, d: &InstData, kind: Kind) {
        self.get(d.arg_a());
        self.get(d.arg_b());
        if self.func.ty(d.arg_b()) == Ty::I64 {
            self.code.push(I::I32WrapI64);
        }
        let shift = kind.size().trailing_zeros();
        if shift != 0 {
            self.code.i32(shift as i32).push(I::I32Shl);
        }
        self.code.push(I::I32Add);
    }

    fn store_elem(&mut self, d: &InstData, kind: Kind) -> Option<()> {
        let barrier = d.aux >> 8;
        if !kind.is_counted() || barrier == Barrier::None as u16 {
            self.element(d, kind);
            self.get(d.arg_c());
            self.code.push(store(kind, 0, 3));
            return Some(());
        }
        let (container, base) = (self.scratch.i32[0], self.scratch.i32[1]);
        self.read(d.arg_a());
        self.code.i32(StructId::Store.info().size as i32).push(I::I32Sub).set(container);
        self.element(d, kind);
        self.code.set(base);
        self.store(Slot { container, base, offset: 0, kind, align: 3 }, d.arg_c(), barrier)
    }

    /// Whether a value never needs counting: constants are immortal or no objects.
    fn is_uncounted(&self, v: Value) -> bool {
        self.const_def(v).is_some_and(|d| d.op != Op::GlobalRef)
    }

    fn store(&mut self, slot: Slot, v: Value, barrier: u16) -> Option<()> {
        let barrier = Barrier::get(barrier)?;
        if !slot.kind.is_counted() || barrier == Barrier::None {
            self.plain_store(&slot, v);
            return Some(());
        }
        if barrier == Barrier::Init {
            self.count_new(&slot, v);
            self.plain_store(&slot, v);
            return Some(());
        }
        // The sign bit of the count word says that the container is shared.
        self.code.push(I::LocalGet(slot.container)).push(I::I32Load(mem(field(StructId::Header, "rc"), 2)));
        self.code.i32(0).push(I::I32LtS).if_();
        self.code.context().push(I::LocalGet(slot.container));
        self.code.push(I::LocalGet(slot.base)).i32(slot.offset as i32).push(I::I32Add).push(I::I64ExtendI32U);
        self.read(v);
        self.code.rt(if slot.kind == Kind::Ref { RtFn::StoreShared } else { RtFn::StoreSharedWord });
        self.code.else_();
        self.count_new(&slot, v);
        let fp = self.fp;
        self.code.get(fp);
        self.code.push(I::LocalGet(slot.base)).push(load(slot.kind, slot.offset, slot.align));
        self.plain_store(&slot, v);
        self.log_old(slot.kind);
        self.code.end();
        Some(())
    }

    fn plain_store(&mut self, slot: &Slot, v: Value) {
        self.code.push(I::LocalGet(slot.base));
        self.read(v);
        self.code.push(store(slot.kind, slot.offset, slot.align));
    }

    /// Counts the reference that is about to be stored.
    fn count_new(&mut self, slot: &Slot, v: Value) {
        if self.is_uncounted(v) {
            return;
        }
        if slot.kind != Kind::Ref {
            self.read(v);
            self.code.helper(Helper::IncWord);
            return;
        }
        // The first two scratch locals may hold the slot's addresses.
        let (new, count) = (self.local(v), self.scratch.i32[2]);
        self.read(v);
        self.code.i32(1).push(I::I32GtU).if_();
        match new {
            Some(new) => inc_ref(&mut self.code, new, count),
            None => {
                // A global: an immortal object, which the slow path knows.
                self.code.context();
                self.read(v);
                self.code.rt(RtFn::IncSlow);
            }
        }
        self.code.end();
    }

    /// Logs the decrement of the old value; it and the frame pointer are on the stack.
    fn log_old(&mut self, kind: Kind) {
        self.code.helper(if kind == Kind::Ref { Helper::LogRef } else { Helper::LogWord });
    }

    // Calls.

    /// Pushes this frame's stack pointer and the arguments from the `skip`-th on.
    fn args(&mut self, d: &InstData, skip: usize) {
        let func = self.func;
        let fp = self.fp;
        self.code.get(fp);
        for v in func.values_of(d.list()).skip(skip) {
            self.get(v);
        }
    }

    /// Drops a result that the instruction does not name.
    fn drop_unused(&mut self, inst: Inst, ret: Ty) {
        if self.func.result(inst).is_none() && val_type(ret).is_some() {
            self.code.push(I::Drop);
        }
    }

    fn call_rt(&mut self, inst: Inst, d: &InstData, f: RtFn) {
        let sig = f.sig();
        let (func, fp) = (self.func, self.fp);
        if sig.effects.has(Effects::SCAN) {
            self.code.set_scan_top(fp);
        }
        self.code.context();
        for (v, &ty) in func.values_of(d.list()).zip(sig.params) {
            self.get(v);
            if ty == Ty::Ptr {
                self.code.push(I::I64ExtendI32U);
            }
        }
        self.code.rt(f);
        if sig.ret == Ty::Ptr {
            self.code.push(I::I32WrapI64);
        }
        // The result is stored before the test: its local is not read when the call threw.
        if func.result(inst).is_some() {
            self.set_result(inst);
        } else {
            self.drop_unused(inst, sig.ret);
        }
        if sig.effects.has(Effects::THROW) {
            self.check_exception();
        }
    }

    fn call_indirect(&mut self, inst: Inst, sig: SigId) -> Option<()> {
        let sig = self.module.sigs.get(sig)?;
        let (params, result) = signature(&sig.params, sig.ret);
        let type_index = self.unit.type_index(params, result);
        self.code.push(I::CallIndirect { type_index, table_index: 0 });
        self.drop_unused(inst, sig.ret);
        Some(())
    }

    fn call_virtual(&mut self, inst: Inst, d: &InstData) -> Option<()> {
        let this = self.func.values_of(d.list()).next()?;
        self.args(d, 0);
        self.get(this);
        self.shape_index();
        self.descriptor("vtable");
        let offset = self.unit.vtables_base.checked_add(d.a.checked_mul(4)?)?;
        self.code.i32(2).push(I::I32Shl).push(I::I32Load(mem(offset, 2)));
        self.call_indirect(inst, SigId(d.c))
    }

    fn call_cell(&mut self, inst: Inst, d: &InstData) -> Option<()> {
        let cell = self.func.values_of(d.list()).next()?;
        self.args(d, 1);
        self.get(cell);
        self.call_indirect(inst, SigId(d.c))
    }
}

fn pick(second: bool, a: I<'static>, b: I<'static>) -> I<'static> {
    if second { b } else { a }
}

fn element_kind(aux: u16) -> Option<Kind> {
    Kind::ALL.get(usize::from(aux & 0xff)).copied()
}

fn conversion(op: Op, from: Ty, to: Ty) -> Option<I<'static>> {
    use Ty::{F32, F64, I32, I64};
    Some(match (op, from, to) {
        (Op::SToF, I32, F32) => I::F32ConvertI32S,
        (Op::SToF, I32, F64) => I::F64ConvertI32S,
        (Op::SToF, I64, F32) => I::F32ConvertI64S,
        (Op::SToF, I64, F64) => I::F64ConvertI64S,
        (Op::UToF, I32, F32) => I::F32ConvertI32U,
        (Op::UToF, I32, F64) => I::F64ConvertI32U,
        (Op::UToF, I64, F32) => I::F32ConvertI64U,
        (Op::UToF, I64, F64) => I::F64ConvertI64U,
        (Op::FToSSat, F32, I32) => I::I32TruncSatF32S,
        (Op::FToSSat, F64, I32) => I::I32TruncSatF64S,
        (Op::FToSSat, F32, I64) => I::I64TruncSatF32S,
        (Op::FToSSat, F64, I64) => I::I64TruncSatF64S,
        (Op::FToUSat, F32, I32) => I::I32TruncSatF32U,
        (Op::FToUSat, F64, I32) => I::I32TruncSatF64U,
        (Op::FToUSat, F32, I64) => I::I64TruncSatF32U,
        (Op::FToUSat, F64, I64) => I::I64TruncSatF64U,
        _ => return None,
    })
}

fn int_compare(cc: IntCc, wide: bool) -> I<'static> {
    match cc {
        IntCc::Eq => pick(wide, I::I32Eq, I::I64Eq),
        IntCc::Ne => pick(wide, I::I32Ne, I::I64Ne),
        IntCc::Slt => pick(wide, I::I32LtS, I::I64LtS),
        IntCc::Sle => pick(wide, I::I32LeS, I::I64LeS),
        IntCc::Sgt => pick(wide, I::I32GtS, I::I64GtS),
        IntCc::Sge => pick(wide, I::I32GeS, I::I64GeS),
        IntCc::Ult => pick(wide, I::I32LtU, I::I64LtU),
        IntCc::Ule => pick(wide, I::I32LeU, I::I64LeU),
        IntCc::Ugt => pick(wide, I::I32GtU, I::I64GtU),
        IntCc::Uge => pick(wide, I::I32GeU, I::I64GeU),
    }
}

fn float_compare(cc: FloatCc, double: bool) -> I<'static> {
    match cc {
        FloatCc::Eq => pick(double, I::F32Eq, I::F64Eq),
        FloatCc::Ne => pick(double, I::F32Ne, I::F64Ne),
        FloatCc::Lt => pick(double, I::F32Lt, I::F64Lt),
        FloatCc::Le => pick(double, I::F32Le, I::F64Le),
        FloatCc::Gt => pick(double, I::F32Gt, I::F64Gt),
        FloatCc::Ge => pick(double, I::F32Ge, I::F64Ge),
    }
}

fn load(kind: Kind, offset: u32, align: u32) -> I<'static> {
    let at = |natural: u32| mem(offset, align.min(natural));
    match kind {
        Kind::I8 => I::I32Load8S(at(0)),
        Kind::U8 | Kind::Bool => I::I32Load8U(at(0)),
        Kind::I16 => I::I32Load16S(at(1)),
        Kind::U16 => I::I32Load16U(at(1)),
        Kind::I32 | Kind::U32 | Kind::Ref => I::I32Load(at(2)),
        Kind::I64 | Kind::U64 | Kind::Str | Kind::Any => I::I64Load(at(3)),
        Kind::F32 => I::F32Load(at(2)),
        Kind::F64 => I::F64Load(at(3)),
    }
}

fn store(kind: Kind, offset: u32, align: u32) -> I<'static> {
    let at = |natural: u32| mem(offset, align.min(natural));
    match kind {
        Kind::I8 | Kind::U8 | Kind::Bool => I::I32Store8(at(0)),
        Kind::I16 | Kind::U16 => I::I32Store16(at(1)),
        Kind::I32 | Kind::U32 | Kind::Ref => I::I32Store(at(2)),
        Kind::I64 | Kind::U64 | Kind::Str | Kind::Any => I::I64Store(at(3)),
        Kind::F32 => I::F32Store(at(2)),
        Kind::F64 => I::F64Store(at(3)),
    }
}
