//! Multipliers that replace division by a constant.
//!
//! After Granlund and Montgomery, "Division by Invariant Integers using
//! Multiplication" (PLDI 1994): q = floor(x * m / 2^(w + shift)), corrected for signs.

/// Signed division by `d` (|d| >= 2, no power of two) in `bits` (32 or 64).
/// The multiplier is less than 2^bits; the high half of the product, arithmetically
/// shifted by `shift`, plus the sign bit of the dividend is the quotient for |d|.
pub fn signed(d: i64, bits: u32) -> (u64, u32) {
    let d = d.unsigned_abs() as u128;
    let limit = 1u128 << (bits - 1);
    // The greatest dividend with remainder d - 1.
    let nc = limit - 1 - (limit % d);
    let mut p = bits;
    loop {
        let two_p = 1u128 << p;
        let delta = d - two_p % d;
        if two_p > nc * delta {
            return (((two_p + delta) / d) as u64, p - bits);
        }
        p += 1;
    }
}

/// Unsigned 64-bit division: multiplier below 2^65 (the flag says that bit 64 is set) and shift.
pub fn unsigned64(d: u64) -> (u64, bool, u32) {
    // l = ceil(log2 d); m = floor(2^64 * (2^l - d) / d) + 1 + 2^64 always works; try one bit less first.
    let l = 64 - (d - 1).leading_zeros();
    for shift in 0..l {
        // m = ceil(2^(64+shift) / d) works when its excess is at most 2^shift.
        let two = 1u128 << (64 + shift);
        let m = two.div_ceil(d as u128);
        let excess = m * d as u128 - two;
        if excess <= 1u128 << shift && m < 1u128 << 64 {
            return (m as u64, false, shift);
        }
    }
    let m = ((1u128 << 64) * ((1u128 << l) - d as u128)) / d as u128 + 1;
    (m as u64, true, l)
}

/// Unsigned 32-bit division with the dividend zero-extended to 64 bits: a multiplier
/// below 2^32 and the shift of the 64-bit product, where they exist.
pub fn unsigned32(d: u32) -> Option<(u32, u32)> {
    (0..32).find_map(|shift| {
        let two = 1u128 << (32 + shift);
        let m = two.div_ceil(d as u128);
        let excess = m * d as u128 - two;
        (excess <= 1u128 << shift && m < 1u128 << 32).then_some((m as u32, 32 + shift))
    })
}
