//! Reference data: terms, desks, languages, holidays, job codes, hazards, places.
