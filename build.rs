//! Fetches the browser libraries of the pages: by lock file, without running anything of theirs, into the build folder.
//! Only with the feature `console`, and only when the lock file changed.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks with cargo")]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// What npm is given.
const FILES: [&str; 3] = [".npmrc", "package.json", "package-lock.json"];
/// Written last: the lock file that what lies in the folder was fetched by.
const STAMP: &str = "fetched-by-lock";

fn main() -> ExitCode {
    for file in FILES.iter().chain(&["build.rs"]) {
        println!("cargo::rerun-if-changed={file}");
    }
    if env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return ExitCode::SUCCESS;
    }
    match fetch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!(
                "cargo::error=the dispatchers' pages need their browser libraries: {reason}. \
                 Build without them, for the API only, with --no-default-features"
            );
            ExitCode::FAILURE
        }
    }
}

fn fetch() -> Result<(), String> {
    let variable =
        |name: &str| env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo has not set {name}"));
    let (source, folder) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?.join("browser"));
    let lock = fs::read(source.join("package-lock.json"))
        .map_err(|error| format!("package-lock.json cannot be read ({error})"))?;
    let stamp = folder.join(STAMP);
    if fs::read(&stamp).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    lay_out(&source, &folder).map_err(|error| format!("{} cannot be written ({error})", folder.display()))?;
    install(&folder)?;
    fs::write(&stamp, lock).map_err(|error| format!("{} cannot be written ({error})", stamp.display()))
}

fn lay_out(source: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for file in FILES {
        fs::copy(source.join(file), folder.join(file))?;
    }
    Ok(())
}

fn install(folder: &Path) -> Result<(), String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("npm, which comes with Node.js, cannot be run ({error})"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(5).collect();
    Err(format!("'npm ci' failed ({}): {}", done.status, said.join(" / ")))
}
