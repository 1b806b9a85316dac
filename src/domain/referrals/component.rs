//! What is broken, and what that tells (3.2 and the norms of 3.1): defaults of a record, never a decision on who pays.

use super::words::Part;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// What is broken.
    pub enum Component("component") {
        /// 蛇口.
        Tap = "tap",
        /// トイレ.
        Toilet = "toilet",
        /// 洗濯機用水栓.
        WasherTap = "washer_tap",
        /// A pipe after the unit's meter, above the slab.
        UnitPipe = "unit_pipe",
        /// A pipe in the wall, the floor or the ceiling below.
        HiddenPipe = "hidden_pipe",
        /// The unit's meter and what is before it.
        Meter = "meter",
        /// A branch drain above the slab, up to the stack.
        BranchDrain = "branch_drain",
        /// 立て管.
        Stack = "stack",
        /// Water from the ceiling.
        Ceiling = "ceiling",
        /// The lock cylinder of the unit's door.
        DoorLock = "door_lock",
        /// The leaf or closer of the unit's door.
        Door = "door",
        /// Entrance, auto-lock, letter box of the building.
        Entrance = "entrance",
        /// A window.
        Window = "window",
        /// Built-in equipment: bidet seat, water heater, inside of the tank.
        Equipment = "equipment",
        /// Something else.
        Other = "other",
    }
}

impl Component {
    /// Whose part it seems to be.
    #[must_use]
    pub fn part(self) -> Part {
        match self {
            Self::Tap
            | Self::Toilet
            | Self::WasherTap
            | Self::UnitPipe
            | Self::BranchDrain
            | Self::DoorLock
            | Self::Equipment => Part::Private,
            Self::HiddenPipe | Self::Meter | Self::Stack | Self::Ceiling => Part::Common,
            Self::Door | Self::Entrance | Self::Window => Part::Common,
            Self::Other => Part::Unknown,
        }
    }

    /// The norms behind that, in words of the record.
    #[must_use]
    pub fn basis(self) -> &'static str {
        match self {
            Self::DoorLock => "標準管理規約第7条(錠は専有部分)、民法第606条第1項、国土交通省ガイドライン(鍵)",
            Self::Door | Self::Window => "標準管理規約第7条・第8条(玄関扉の本体、窓は共用部分)",
            Self::Entrance => "標準管理規約第8条(共用部分)",
            Self::Meter => "標準管理規約第8条(各戸メーターを含む給水本管は共用部分)",
            Self::Stack => "標準管理規約第8条(排水立て管と継手は共用部分)",
            Self::HiddenPipe | Self::Ceiling => "最高裁平成12年3月21日判決(床下の排水枝管は共用部分)",
            Self::Tap
            | Self::Toilet
            | Self::WasherTap
            | Self::UnitPipe
            | Self::BranchDrain
            | Self::Equipment => "民法第606条第1項、第615条、国土交通省ガイドライン(通常損耗・経年変化)",
            Self::Other => "民法第606条第1項、第615条",
        }
    }
}
