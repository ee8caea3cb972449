//! A table from object ids to small numbers: open addressing, emptied as a whole.
//!
//! Ids are multiples of the cell's alignment, so a multiplication spreads them; a table
//! is never more than half full. 0 is no id and marks free entries.

/// A number for each of some ids.
#[derive(Default, Debug)]
pub struct IdMap {
    entries: Vec<(u32, u32)>,
    len: usize,
}

impl IdMap {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all; keeps the memory unless it is much.
    pub fn clear(&mut self) {
        if self.entries.len() > 1 << 16 {
            self.entries = Vec::new();
        } else if self.len > 0 {
            self.entries.fill((0, 0));
        }
        self.len = 0;
    }

    #[inline]
    fn start(&self, id: u32) -> usize {
        (id.wrapping_mul(0x9E37_79B1) >> (32 - self.entries.len().trailing_zeros())) as usize
    }

    #[inline]
    pub fn get(&self, id: u32) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let mask = self.entries.len() - 1;
        let mut at = self.start(id);
        loop {
            match self.entries[at] {
                (0, _) => return None,
                (found, value) if found == id => return Some(value),
                _ => at = (at + 1) & mask,
            }
        }
    }

    #[inline]
    pub fn contains(&self, id: u32) -> bool {
        self.get(id).is_some()
    }

    /// The number of `id`, which becomes `value` if it had none.
    #[inline]
    pub fn get_or_insert(&mut self, id: u32, value: u32) -> u32 {
        debug_assert_ne!(id, 0);
        if self.len * 2 >= self.entries.len() {
            self.grow();
        }
        let mask = self.entries.len() - 1;
        let mut at = self.start(id);
        loop {
            match self.entries[at] {
                (0, _) => {
                    self.entries[at] = (id, value);
                    self.len += 1;
                    return value;
                }
                (found, value) if found == id => return value,
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Enters an id without a number.
    #[inline]
    pub fn insert(&mut self, id: u32) {
        self.get_or_insert(id, 0);
    }

    fn grow(&mut self) {
        let size = (self.entries.len() * 2).max(64);
        let old = std::mem::replace(&mut self.entries, vec![(0, 0); size]);
        self.len = 0;
        for (id, value) in old {
            if id != 0 {
                self.get_or_insert(id, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_map_of_the_library() {
        let mut map = IdMap::default();
        for round in 0..3u32 {
            let mut model = hashbrown::HashMap::new();
            for i in 0..50_000u32 {
                let id = (i.wrapping_mul(2_654_435_761) >> 12 << 1) + 2 + round;
                let value = *model.entry(id).or_insert(i);
                assert_eq!(map.get_or_insert(id, i), value);
            }
            assert_eq!(map.len(), model.len());
            assert!(model.iter().all(|(&id, &value)| map.get(id) == Some(value)));
            assert_eq!(map.get(1), None);
            map.clear();
            assert!(map.is_empty() && map.get(2).is_none());
        }
    }
}
