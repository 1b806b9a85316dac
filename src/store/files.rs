//! Files beside the database: a folder, or the memory where nothing has to last. A file's name is an id, never a text
//! of somebody's.

use std::{io, path::Path as Folder, sync::Arc};

use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, memory::InMemory, path::Path};
use uuid::Uuid;

use super::{Error, private};

/// Where the files lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// Files that are gone with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// Files in a folder, which is made when there is none, for this user alone. What is written is on the disk before it is said to be.
    pub fn in_folder(folder: &Folder) -> io::Result<Self> {
        private::folder(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
        Ok(Self(Arc::new(files.with_fsync(true))))
    }

    /// Writes a file.
    pub async fn put(&self, file: Uuid, bytes: Vec<u8>) -> Result<(), Error> {
        self.0.put(&name(file), bytes.into()).await.map(|_| ()).map_err(Error::Files)
    }

    /// Reads a file, if it is there.
    pub async fn get(&self, file: Uuid) -> Result<Option<Vec<u8>>, Error> {
        match self.0.get(&name(file)).await {
            Ok(found) => found.bytes().await.map(|bytes| Some(bytes.to_vec())).map_err(Error::Files),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::Files(error)),
        }
    }

    /// Deletes a file; one that is not there is deleted already.
    pub async fn delete(&self, file: Uuid) -> Result<(), Error> {
        match self.0.delete(&name(file)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::Files(error)),
        }
    }
}

/// Spread over folders by the last two digits: the first ones are the time.
fn name(file: Uuid) -> Path {
    let digits = file.simple().to_string();
    Path::from(format!("{}/{digits}", &digits[digits.len() - 2..]))
}
