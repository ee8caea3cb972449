//! Time spent per stage and pass, for `--time-passes`.

use std::time::{Duration, Instant};

/// Durations by name, in order of first use.
#[derive(Debug, Default)]
pub struct Timing {
    rows: Vec<(String, Duration, u32)>,
}

impl Timing {
    pub fn measure<R>(&mut self, name: &str, f: impl FnOnce() -> R) -> R {
        let started = Instant::now();
        let r = f();
        self.add(name, started.elapsed());
        r
    }

    pub fn add(&mut self, name: &str, time: Duration) {
        match self.rows.iter_mut().find(|(n, ..)| n == name) {
            Some(row) => {
                row.1 += time;
                row.2 += 1;
            }
            None => self.rows.push((name.to_string(), time, 1)),
        }
    }

    /// One line per name: milliseconds, times run.
    pub fn report(&self) -> String {
        let total: Duration = self.rows.iter().map(|r| r.1).sum();
        let mut out = String::new();
        for (name, time, count) in &self.rows {
            out += &format!("{:>10.3} ms {count:>6}x  {name}\n", time.as_secs_f64() * 1e3);
        }
        out + &format!("{:>10.3} ms          total\n", total.as_secs_f64() * 1e3)
    }
}
