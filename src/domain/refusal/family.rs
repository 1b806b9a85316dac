//! How a family of refusals is written down: the one list from which its codes and rules are read.

/// Declares a family of refusals: each with its typed arguments, its code and, after `by`, the rule behind it.
macro_rules! refusals {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$vmeta:meta])* $variant:ident $(($($argument:ty),+))? = $code:literal $(by $rule:literal)?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant $(($($argument),+))?),+ }

        impl $name {
            /// Every refusal of the family by name, with its code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [(&'static str, &'static str)] =
                &[$((stringify!($variant), $code)),+];

            /// Stable code of the refusal, as in `offer_not_open`.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// The rule of the domain behind it, where there is one, as in `S-04`.
            #[must_use]
            pub fn rule(&self) -> Option<&'static str> {
                match self { $(Self::$variant { .. } => [$($rule)?].first().copied()),+ }
            }
        }
    };
}
pub(super) use refusals;
