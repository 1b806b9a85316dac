//! The data sets, and the copies of them that are part of the program.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// A data set of the reference data. Programmes, desks and the like are TOML; the places are gzip files.
    pub enum Dataset("data set") {
        /// Life Trouble Support: the programme that sends people out.
        Programme000 = "programme-000",
        /// Cover for specified skilled workers.
        Programme001 = "programme-001",
        /// Mutual aid for trainees and specified skilled workers.
        Programme002 = "programme-002",
        /// Liability cover of home-care businesses.
        Programme003 = "programme-003",
        /// Accident cover of the JET Programme.
        Programme004 = "programme-004",
        /// Offices with their opening hours.
        Desks = "desks",
        /// Languages of the worker line.
        Languages = "languages",
        /// National holidays.
        Holidays = "holidays",
        /// Job codes and special work.
        JobCodes = "job-codes",
        /// What nobody is sent for, and whom to ask.
        OutOfScope = "out-of-scope",
        /// Private or common: a decision aid.
        CommonArea = "common-area",
        /// Dangers asked about before anything else.
        Hazards = "hazards",
        /// How jobs are offered, watched and planned.
        Dispatch = "dispatch",
        /// Pictures that should be on file of a job.
        Evidence = "evidence",
        /// What is read to somebody before they answer, version by version.
        ConsentTexts = "consent-texts",
        /// How long what is kept.
        Retention = "retention",
        /// What to ask about a liability incident.
        LiabilityTriage = "liability-triage",
        /// Errors and gaps of the printed sources.
        Errata = "errata",
        /// Postal codes, towns and municipalities: CSV, gzip.
        Gazetteer = "gazetteer",
        /// Outlines of the municipalities: GeoJSON, gzip.
        Municipalities = "municipalities",
        /// Coarse outlines of the regions: GeoJSON, gzip.
        Regions = "regions",
    }
}

/// Every data set, in the order in which they are read.
pub const DATASETS: &[Dataset] = Dataset::ALL;

impl Dataset {
    /// The name under which it is stored and reported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.as_str()
    }

    /// The bytes that come with the program: TOML, or gzip for the places.
    #[must_use]
    pub const fn embedded(self) -> &'static [u8] {
        match self {
            Self::Programme000 => include_bytes!("../../../seeds/reference/programme-000.toml"),
            Self::Programme001 => include_bytes!("../../../seeds/reference/programme-001.toml"),
            Self::Programme002 => include_bytes!("../../../seeds/reference/programme-002.toml"),
            Self::Programme003 => include_bytes!("../../../seeds/reference/programme-003.toml"),
            Self::Programme004 => include_bytes!("../../../seeds/reference/programme-004.toml"),
            Self::Desks => include_bytes!("../../../seeds/reference/desks.toml"),
            Self::Languages => include_bytes!("../../../seeds/reference/languages.toml"),
            Self::Holidays => include_bytes!("../../../seeds/reference/holidays.toml"),
            Self::JobCodes => include_bytes!("../../../seeds/reference/job-codes.toml"),
            Self::OutOfScope => include_bytes!("../../../seeds/reference/out-of-scope.toml"),
            Self::CommonArea => include_bytes!("../../../seeds/reference/common-area.toml"),
            Self::Hazards => include_bytes!("../../../seeds/reference/hazards.toml"),
            Self::Dispatch => include_bytes!("../../../seeds/reference/dispatch.toml"),
            Self::Evidence => include_bytes!("../../../seeds/reference/evidence.toml"),
            Self::ConsentTexts => include_bytes!("../../../seeds/reference/consent-texts.toml"),
            Self::Retention => include_bytes!("../../../seeds/reference/retention.toml"),
            Self::LiabilityTriage => include_bytes!("../../../seeds/reference/liability-triage.toml"),
            Self::Errata => include_bytes!("../../../seeds/reference/errata.toml"),
            Self::Gazetteer => include_bytes!("../../../seeds/reference/gazetteer.csv.gz"),
            Self::Municipalities => include_bytes!("../../../seeds/reference/municipalities.geojson.gz"),
            Self::Regions => include_bytes!("../../../seeds/reference/regions.geojson.gz"),
        }
    }

    /// Whether the data set is a gzip file of places, read by its own reader, or a TOML document.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::Gazetteer | Self::Municipalities | Self::Regions => Form::Gzip,
            _ => Form::Toml,
        }
    }
}

/// How the bytes of a data set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A TOML document in UTF-8.
    Toml,
    /// A gzip file.
    Gzip,
}
