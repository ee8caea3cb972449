//! What the environment can ask of the memory manager: a limit and zeal modes.
//!
//! `ULTRA_HEAP_LIMIT` is a number of bytes, with K, M or G as a factor.
//! `ULTRA_ZEAL` is a list, separated by commas, of: `scan=N` (scan at every Nth
//! occasion, with runs of one cell so that every allocation is one), `poison` (fill
//! freed memory), `audit` (recount at every scan), `noreuse` (never reuse freed
//! cells), `failalloc=N` (the Nth allocation fails), `collect=N` (look for garbage cycles
//! at every Nth scan), `publish` (publish whatever is stored), `epoch` (a scan at every
//! poll, and a poll at every occasion), `perturb=SEED` (seeded waits and yields at polls),
//! `thread` (large collections by the collector's thread).

use crate::Error;
use ultra_abi::shape::REGION_SIZE;

#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of pages in use beyond which RangeError is thrown.
    pub heap_limit: u64,
    /// Scan at every Nth occasion.
    pub scan_every: Option<u32>,
    pub poison: bool,
    pub audit: bool,
    pub no_reuse: bool,
    /// Number of the allocation that fails, from 1.
    pub fail_alloc: Option<u64>,
    /// Look for garbage cycles at every Nth scan.
    pub collect_every: Option<u32>,
    /// Every object becomes shared with the first store of a reference to it.
    pub publish_all: bool,
    pub epoch_at_every_poll: bool,
    /// Seed of waits and yields at polls.
    pub perturb: Option<u32>,
    /// Leave large collections, and those of shared garbage, to a thread. Off until it is proved.
    pub collector_thread: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            heap_limit: REGION_SIZE,
            scan_every: None,
            poison: false,
            audit: false,
            no_reuse: false,
            fail_alloc: None,
            collect_every: None,
            publish_all: false,
            epoch_at_every_poll: false,
            perturb: None,
            collector_thread: false,
        }
    }
}

impl Options {
    /// Reads `ULTRA_HEAP_LIMIT` and `ULTRA_ZEAL`.
    ///
    /// # Errors
    /// When either is set to something that it cannot mean.
    pub fn from_env() -> Result<Options, Error> {
        let mut options = Options::default();
        if let Ok(text) = std::env::var("ULTRA_HEAP_LIMIT") {
            options.heap_limit =
                parse_size(&text).ok_or(Error::Option { name: "ULTRA_HEAP_LIMIT", value: text })?;
        }
        if let Ok(text) = std::env::var("ULTRA_ZEAL") {
            options.set_zeal(&text)?;
        }
        Ok(options)
    }

    /// Applies a list of zeal modes.
    ///
    /// # Errors
    /// When a mode is not known or lacks its number.
    pub fn set_zeal(&mut self, text: &str) -> Result<(), Error> {
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let bad = || Error::Option { name: "ULTRA_ZEAL", value: item.into() };
            let number = |text: Option<&str>| {
                text.and_then(|t| t.parse().ok()).filter(|&n: &u32| n > 0).ok_or_else(bad)
            };
            let (name, value) = match item.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (item, None),
            };
            match (name, value) {
                ("scan", value) => self.scan_every = Some(number(value)?),
                ("failalloc", value) => self.fail_alloc = Some(number(value)? as u64),
                ("collect", value) => self.collect_every = Some(number(value)?),
                ("perturb", value) => self.perturb = Some(number(value)?),
                ("thread", None) => self.collector_thread = true,
                ("publish", None) => self.publish_all = true,
                ("epoch", None) => self.epoch_at_every_poll = true,
                ("poison", None) => self.poison = true,
                ("audit", None) => self.audit = true,
                ("noreuse", None) => self.no_reuse = true,
                _ => return Err(bad()),
            }
        }
        Ok(())
    }

    /// Whether every allocation must take the slow path.
    pub fn one_cell_runs(&self) -> bool {
        self.scan_every.is_some() || self.fail_alloc.is_some()
    }

    /// Whether every prologue must poll.
    pub fn polls_always(&self) -> bool {
        self.scan_every.is_some() || self.epoch_at_every_poll || self.perturb.is_some()
    }
}

/// Bytes named by a number with an optional factor K, M or G.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' | b'k' => (&text[..text.len() - 1], 10),
        b'M' | b'm' => (&text[..text.len() - 1], 20),
        b'G' | b'g' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_modes() {
        assert_eq!(parse_size("64M"), Some(64 << 20));
        assert_eq!(parse_size("123"), Some(123));
        assert_eq!(parse_size("99999999999G"), None);
        assert_eq!(parse_size("x"), None);
        let mut options = Options::default();
        options.set_zeal("scan=3, poison,audit").unwrap();
        assert!(options.scan_every == Some(3) && options.poison && options.audit && !options.no_reuse);
        options.set_zeal("collect=2,publish,epoch,perturb=7").unwrap();
        assert!(
            options.collect_every == Some(2)
                && options.publish_all
                && options.epoch_at_every_poll
                && options.perturb == Some(7)
        );
        for bad in ["scan", "scan=0", "poison=1", "what", "collect", "publish=1", "perturb"] {
            assert!(Options::default().set_zeal(bad).is_err(), "{bad}");
        }
    }
}
