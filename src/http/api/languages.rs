//! Languages of the line.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, languages::Shown},
    domain::languages::{Fallback, Now},
    http::{
        Service,
        extract::{Path, Query},
        reply::Answer,
    },
};

/// A language with where it stands now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = LanguageNow)]
pub(super) struct Language {
    /// The tag that is stored (BCP 47).
    tag: String,
    /// Its name in Japanese.
    ja: String,
    /// Its name in English.
    en: String,
    /// Scripts to ask for; never derived from a region.
    written: Vec<String>,
    /// Whether an interpreter is there now.
    #[serde(flatten)]
    now: Now,
    /// What to do, in Japanese.
    advice_ja: String,
    /// What to do, in English.
    advice_en: String,
}

impl From<Shown> for Language {
    fn from(shown: Shown) -> Self {
        Self {
            tag: shown.tag,
            ja: shown.ja,
            en: shown.en,
            written: shown.written,
            advice_ja: shown.now.advice_ja(),
            advice_en: shown.now.advice_en(),
            now: shown.now,
        }
    }
}

/// List languages
#[utoipa::path(get, path = "/v1/languages", tag = "intake", responses((status = 200, body = Vec<Language>)))]
pub(super) async fn list(State(service): State<Service>) -> Answer<Json<Vec<Language>>> {
    Ok(Json(app::languages::list(&service.ctx).into_iter().map(Language::from).collect()))
}

/// Languages the caller speaks as well.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Also {
    /// Tags with commas between them.
    #[garde(inner(length(chars, min = 2, max = 200)))]
    #[param(min_length = 2, max_length = 200, example = "en,pt")]
    also: Option<String>,
}

/// A language, and what comes instead of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LanguageAndInstead {
    /// The language.
    #[serde(flatten)]
    language: Language,
    /// What to try instead, in this order (I-07). An emergency never waits for an interpreter.
    fallbacks: Vec<Fallback>,
}

/// Show a language
///
/// By any accepted tag. What is not served is refused with the reason and with what is offered instead.
#[utoipa::path(get, path = "/v1/languages/{tag}", tag = "intake", params(("tag" = String, Path), Also),
    responses((status = 200, body = LanguageAndInstead)))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(tag): Path<String>,
    Query(query): Query<Also>,
) -> Answer<Json<LanguageAndInstead>> {
    let also: Vec<_> = query.also.as_deref().map(|tags| tags.split(',').collect()).unwrap_or_default();
    let (shown, fallbacks) = app::languages::find(&service.ctx, &tag, &also)?;
    Ok(Json(LanguageAndInstead { language: shown.into(), fallbacks }))
}
