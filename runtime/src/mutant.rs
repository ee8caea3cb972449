//! Safeguards that can be left out, to prove that tests notice.
//!
//! With the feature `mutants`, the environment variable `ULTRA_MUTANT` names one
//! safeguard that the memory manager then omits. Without it `on` is false and costs
//! nothing. The table of safeguards and of what notices them is in docs/memory-proofs.md.

/// Whether the safeguard of this name is left out.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub fn on(_name: &str) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub fn on(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("ULTRA_MUTANT").unwrap_or_default()) == name
}
