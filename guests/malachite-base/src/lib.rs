//! A stand-in for the crate `malachite-base`, which is LGPL: the names that
//! RustPython imports from it, and no more.

pub mod num {
    pub mod basic {
        pub mod floats {
            /// A floating-point type.
            pub trait PrimitiveFloat {
                /// Whether the number is -0.0.
                fn is_negative_zero(self) -> bool;
            }

            impl PrimitiveFloat for f64 {
                fn is_negative_zero(self) -> bool {
                    self == 0.0 && self.is_sign_negative()
                }
            }
        }
    }

    pub mod conversion {
        pub mod traits {
            use std::cmp::Ordering;

            use crate::rounding_modes::RoundingMode;

            /// Conversion that may have to round.
            pub trait RoundingInto<T> {
                /// The converted value, and how it compares with the exact one.
                fn rounding_into(self, mode: RoundingMode) -> (T, Ordering);
            }
        }
    }
}

pub mod rounding_modes {
    /// How to round.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum RoundingMode {
        /// To the nearest value, and to the even one of two that are as near.
        Nearest,
    }
}
