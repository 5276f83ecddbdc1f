//! Columns: how many entries stand beside each other.

/// The gap between columns.
const GAP: usize = 2;

/// A layout in columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Columns {
    pub rows: usize,
    /// How wide each is, with the gap behind it.
    pub widths: Vec<usize>,
}

impl Columns {
    /// The most columns that fit into a line; `line` 0: there is no bound. `lengths` are those of the entries.
    pub fn fit(lengths: &[usize], line: usize, downwards: bool) -> Columns {
        let count = lengths.len();
        // A column is a letter and the gap at least.
        let most = if line == 0 { count } else { count.min(line.div_ceil(GAP + 1).max(1)) };
        for columns in (1..=most.max(1)).rev() {
            let rows = count.div_ceil(columns);
            let mut widths = vec![GAP + 1; columns];
            for (index, length) in lengths.iter().enumerate() {
                let column = if downwards { index / rows.max(1) } else { index % columns };
                if let Some(width) = widths.get_mut(column) {
                    let gap = if column + 1 == columns { 0 } else { GAP };
                    *width = (*width).max(length + gap);
                }
            }
            if columns == 1 || line == 0 || widths.iter().sum::<usize>() < line {
                return Columns { rows, widths };
            }
        }
        Columns { rows: count, widths: vec![0] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_columns_as_fit() {
        assert_eq!(Columns::fit(&[1; 4], 80, true), Columns { rows: 1, widths: vec![3; 4] });
        assert_eq!(Columns::fit(&[10, 20, 30], 40, true).rows, 3);
        assert_eq!(Columns::fit(&[10, 20, 30], 60, true).rows, 2);
        assert_eq!(Columns::fit(&[100, 1], 80, true).rows, 2);
        assert_eq!(Columns::fit(&[100; 3], 0, false).rows, 1);
        assert_eq!(Columns::fit(&[], 80, true).rows, 0);
    }
}
