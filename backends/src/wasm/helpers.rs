//! Bodies of the module's own helper functions.

use super::code::{Code, Helper, TAG, mem};
use ultra_abi::RtFn;
use ultra_abi::layout::{ATTENTION_EXCEPTION, StructId, ctx};
use ultra_abi::shape::{META_SHAPE_MASK, META_UTF16, RC_IMMORTAL, RC_SHARED, SHAPE_STR_FLAT};
use ultra_abi::value::{
    SMALL_STRING_LEN_SHIFT, TAG_BOX, TAG_OBJECT, TAG_SHIFT, TAG_SMALL_STRING, TAG_STRING,
};
use wasm_encoder::{Instruction as I, ValType};

/// Parameters, result, locals and code of a helper.
pub struct Body {
    pub params: Vec<ValType>,
    pub result: Option<ValType>,
    pub locals: Vec<(u32, ValType)>,
    pub code: Code,
}

/// Offset of a runtime struct's field.
pub fn field(s: StructId, name: &str) -> u32 {
    s.field(name).offset
}

/// Counts one more reference to the object in local `id`, using local `rc`.
pub fn inc_ref(c: &mut Code, id: u32, rc: u32) {
    c.get(id).push(I::I32Load(mem(field(StructId::Header, "rc"), 2))).tee(rc);
    c.i32((RC_SHARED | RC_IMMORTAL) as i32).push(I::I32And).if_();
    c.context().get(id).rt(RtFn::IncSlow);
    c.else_();
    c.get(id).get(rc).i32(1).push(I::I32Add).push(I::I32Store(mem(field(StructId::Header, "rc"), 2)));
    c.end();
}

/// Leaves whether the word in local `word` refers to a counted object.
fn is_counted(c: &mut Code, word: u32, tag: u32) {
    // The two string tags differ in one place from each other and from objects; boxes stand apart.
    c.get(word).i64(TAG_SHIFT.into()).push(I::I64ShrU).push(I::I32WrapI64).tee(tag);
    c.i32(TAG_OBJECT as i32).push(I::I32Sub).i32((TAG_STRING - TAG_OBJECT) as i32).push(I::I32LeU);
    c.get(tag).i32(TAG_BOX as i32).push(I::I32Eq).push(I::I32Or);
}

impl Helper {
    pub fn body(self) -> Body {
        use ValType::{I32, I64};
        let mut code = Code::new();
        let c = &mut code;
        let (params, result, locals) = match self {
            Helper::TakeException => {
                c.context().load_context(ctx::ATTENTION).i32(!ATTENTION_EXCEPTION as i32).push(I::I32And);
                c.push(I::I32Store(mem(ctx::ATTENTION as u32, 2)));
                c.context().push(I::I64Load(mem(ctx::EXCEPTION as u32, 3)));
                (vec![], Some(I64), vec![])
            }
            Helper::Raise => {
                c.helper(Helper::TakeException).push(I::Throw(TAG));
                (vec![], None, vec![])
            }
            Helper::IncWord => {
                let (word, id, rc) = (0, 1, 2);
                is_counted(c, word, id);
                c.if_();
                c.get(word).push(I::I32WrapI64).set(id);
                inc_ref(c, id, rc);
                c.end();
                (vec![I64], None, vec![(2, I32)])
            }
            Helper::LogRef => {
                let (fp, id, top) = (0, 1, 2);
                c.get(id).i32(1).push(I::I32GtU).if_();
                c.load_context(ctx::LOG_CUR).tee(top).get(id).push(I::I32Store(mem(0, 2)));
                c.context()
                    .get(top)
                    .i32(4)
                    .push(I::I32Add)
                    .tee(top)
                    .push(I::I32Store(mem(ctx::LOG_CUR as u32, 2)));
                c.get(top).load_context(ctx::LOG_END).push(I::I32GeU).if_();
                c.set_scan_top(fp).context().rt(RtFn::LogFull);
                c.end().end();
                (vec![I32, I32], None, vec![(1, I32)])
            }
            Helper::LogWord => {
                let (fp, word, tag) = (0, 1, 2);
                is_counted(c, word, tag);
                c.if_().get(fp).get(word).push(I::I32WrapI64).helper(Helper::LogRef).end();
                (vec![I32, I64], None, vec![(1, I32)])
            }
            Helper::StrLen => {
                let word = 0;
                small_string(c, word);
                c.push(I::If(wasm_encoder::BlockType::Result(I32)));
                c.get(word).i64(SMALL_STRING_LEN_SHIFT.into()).push(I::I64ShrU).push(I::I32WrapI64);
                c.i32(0xff).push(I::I32And);
                c.else_();
                c.get(word).push(I::I32WrapI64).push(I::I32Load(mem(field(StructId::StrFlat, "len"), 2)));
                c.end();
                (vec![I64], Some(I32), vec![])
            }
            Helper::StrCharCode => {
                str_char_code(c);
                (vec![I64, I32], Some(I32), vec![(2, I32)])
            }
            Helper::MulOv64 => {
                let (a, b) = (0, 1);
                // The wrapped product divided by a gives b exactly when nothing was lost;
                // -1 is apart, for the least value divided by it has no quotient.
                c.get(a).push(I::I64Eqz).push(I::If(wasm_encoder::BlockType::Result(I32))).i32(0).else_();
                c.get(a).i64(u64::MAX).push(I::I64Eq).push(I::If(wasm_encoder::BlockType::Result(I32)));
                c.get(b).i64(i64::MIN as u64).push(I::I64Eq);
                c.else_();
                c.get(a).get(b).push(I::I64Mul).get(a).push(I::I64DivS).get(b).push(I::I64Ne);
                c.end().end();
                (vec![I64, I64], Some(I32), vec![])
            }
        };
        code.end();
        Body { params, result, locals, code }
    }
}

/// Leaves whether the word in local `word` is an immediate string.
fn small_string(c: &mut Code, word: u32) {
    c.get(word).i64(TAG_SHIFT.into()).push(I::I64ShrU).i64(TAG_SMALL_STRING).push(I::I64Eq);
}

fn str_char_code(c: &mut Code) {
    let (word, index, id, meta) = (0, 1, 2, 3);
    let units = StructId::StrFlat.info().size;
    small_string(c, word);
    c.if_();
    c.get(word).get(index).i32(3).push(I::I32Shl).push(I::I64ExtendI32U).push(I::I64ShrU);
    c.push(I::I32WrapI64).i32(0xff).push(I::I32And).push(I::Return);
    c.end();
    c.get(word)
        .push(I::I32WrapI64)
        .tee(id)
        .push(I::I32Load(mem(field(StructId::Header, "meta"), 2)))
        .tee(meta);
    c.i32(META_SHAPE_MASK as i32).push(I::I32And).i32(SHAPE_STR_FLAT as i32).push(I::I32Ne).if_();
    c.context().get(word).get(index).rt(RtFn::StrCharCodeAt).push(I::Return);
    c.end();
    c.get(meta)
        .i32(META_UTF16 as i32)
        .push(I::I32And)
        .push(I::If(wasm_encoder::BlockType::Result(ValType::I32)));
    c.get(id).get(index).i32(1).push(I::I32Shl).push(I::I32Add).push(I::I32Load16U(mem(units, 1)));
    c.else_();
    c.get(id).get(index).push(I::I32Add).push(I::I32Load8U(mem(units, 0)));
    c.end();
}
