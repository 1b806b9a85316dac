//! Reads `common-area.toml`: private or common, a decision aid (section 3.2).

use serde::{Deserialize, Serialize};

use super::{
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::{text_enum::text_enum, trade::Priority};

text_enum! {
    /// Whose a component normally is.
    pub enum BelongsTo("owner of a component") {
        /// Private.
        Private = "private",
        /// Common (共用部分; printed 共有部, R-03).
        Common = "common",
        /// The landlord's property or equipment inside a private part.
        Landlord = "landlord",
    }
}

text_enum! {
    /// When a trouble with a component is referred.
    pub enum ReferWhen("referral of a component") {
        /// Always.
        Yes = "yes",
        /// Where it is worn.
        IfWear = "if_wear",
        /// Only replacing it needs consent.
        ReplacementOnly = "replacement_only",
    }
}

/// A component of a building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AidedComponent)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its code.
    pub code: String,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Whose it normally is.
    pub belongs_to: BelongsTo,
    /// When it is referred.
    pub refer: ReferWhen,
    /// How urgent it is, where that is given.
    pub priority: Option<Priority>,
    /// What else to do, in Japanese.
    pub also_ja: Option<String>,
    /// What else to do, in English.
    pub also_en: Option<String>,
}

/// The decision aid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommonArea {
    /// What holds for houses, in Japanese.
    pub note_ja: String,
    /// What holds for houses, in English.
    pub note_en: String,
    /// The components.
    #[serde(rename(deserialize = "component"))]
    #[schema(rename = "components")]
    pub components: Vec<Component>,
}

pub(super) fn parse(document: Document<'_>) -> Result<CommonArea, Vec<ReferenceError>> {
    let file: CommonArea = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    findings.refuse_blank("note_ja", &file.note_ja);
    findings.refuse_blank("note_en", &file.note_en);
    let codes = file.components.iter().enumerate();
    findings.refuse_repeats(codes.map(|(at, one)| (format!("component[{at}].code"), &one.code)));
    for (at, one) in file.components.iter().enumerate() {
        findings.refuse_blank(format!("component[{at}].ja"), &one.ja);
        findings.refuse_blank(format!("component[{at}].en"), &one.en);
        if one.also_ja.is_some() != one.also_en.is_some() {
            findings.refuse(format!("component[{at}].also_ja"), "expected also_en with it, and only with it");
        }
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(file) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    #[test]
    fn the_table_of_the_rules_is_on_file() {
        let reference = Reference::embedded().unwrap();
        let of = |code: &str| {
            let all = &reference.common_area().components;
            let one = all.iter().find(|one| one.code == code).unwrap();
            (one.belongs_to, one.refer, one.priority)
        };
        assert_eq!(of("tap"), (BelongsTo::Private, ReferWhen::IfWear, None));
        assert_eq!(of("unit_meter"), (BelongsTo::Common, ReferWhen::Yes, None));
        assert_eq!(of("stack"), (BelongsTo::Common, ReferWhen::Yes, Some(Priority::P1)));
        assert_eq!(of("door_lock_cylinder"), (BelongsTo::Landlord, ReferWhen::ReplacementOnly, None));
        assert_eq!(of("auto_lock"), (BelongsTo::Common, ReferWhen::Yes, None));
        assert_eq!(of("bidet_seat"), (BelongsTo::Landlord, ReferWhen::IfWear, None));
    }
}
