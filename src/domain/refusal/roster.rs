//! What rosters refuse, and the desk's own shifts.

use super::family::refusals;
use crate::domain::ids::ShiftSwapId;

refusals! {
    /// Why shifts do not allow it.
    pub enum RosterRefused {
        /// There is an entry of this kind then.
        EntryOverlaps = "entry_overlaps",
        /// The technician has given the window to a colleague.
        WindowGivenAway = "window_given_away",
        /// The entry comes from a swap, which is undone as a whole.
        EntryOfSwap(ShiftSwapId) = "entry_of_swap",
        /// The entry is cancelled.
        EntryCancelled = "entry_cancelled",
        /// The swap is undone.
        SwapUndone = "swap_undone",
        /// The window of the swap is over.
        SwapOver = "swap_over",
        /// The taker has given a part of it on.
        SwapPassedOn = "swap_passed_on",
        /// The desk's shift was taken over.
        ShiftTakenOver = "hand_over_accepted",
        /// Whoever gives a shift does not take it over.
        OwnShift = "own_hand_over",
        /// A machine gives no shift.
        NoGiver = "no_giver",
        /// A machine takes no shift over.
        NoTaker = "no_taker",
    }
}
