//! The files of texts, embedded: the binary runs from any folder.

use std::sync::LazyLock;

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::Locale;

type Bundle = FluentBundle<FluentResource>;

/// The files of a language. One list, so that no language can have a file the other lacks.
macro_rules! embedded {
    ($locale:literal) => {
        embedded!(
            $locale, "account", "audit", "billing", "board", "codes", "common", "events", "firm", "intake", "job",
            "kpi", "map", "office", "problems", "programmes", "reviews", "roster", "sign_in", "staff", "users"
        )
    };
    ($locale:literal, $($name:literal),+) => {
        &[$(($name, include_str!(concat!($locale, "/", $name, ".ftl")))),+]
    };
}

pub(super) const JA: &[(&str, &str)] = embedded!("ja");
pub(super) const EN: &[(&str, &str)] = embedded!("en");

/// The texts of a language.
pub(super) fn of(locale: Locale) -> &'static Bundle {
    static IN_JA: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Ja, JA));
    static IN_EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::En, EN));
    match locale {
        Locale::Ja => &IN_JA,
        Locale::En => &IN_EN,
    }
}

fn bundle(locale: Locale, files: &[(&str, &str)]) -> Bundle {
    let language: LanguageIdentifier = locale.as_str().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The marks around values are for mixed directions of writing; neither language has them.
    bundle.set_use_isolating(false);
    for (name, text) in files {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(sound, errors)| {
            tracing::error!(file = name, ?errors, "a file of texts has errors");
            sound
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file = name, ?errors, "a text stands twice");
        }
    }
    bundle
}
