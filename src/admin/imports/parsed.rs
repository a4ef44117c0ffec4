//! Uploads as they were read. A file takes several times its size in memory and a moment of a processor: so it is parsed
//! once, only one is parsed at a time, and only the newest is remembered.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use crate::catalogue::file::{self, File, ProblemList};
use crate::web::error::AppError;
use crate::web::page::compute;

/// How long a look waits for the file of somebody else to be read.
const PATIENCE: Duration = Duration::from_secs(5);

/// For how long a file is remembered.
const REMEMBERED: Duration = Duration::from_secs(600);

/// How many files may arrive at the same time.
const MOST_ARRIVING: usize = 4;

/// What an upload holds.
pub(super) struct ParsedFile {
    /// Tells its content from any other.
    pub hash: String,
    pub file: Result<File, ProblemList>,
}

/// A file, with the id of its upload.
type Newest = (i64, Arc<ParsedFile>);

/// The memory of this process.
pub struct ParsedFiles {
    /// The newest. Whoever parses a file holds the lock.
    newest: Arc<Mutex<Option<Newest>>>,
    arriving: Semaphore,
}

impl Default for ParsedFiles {
    fn default() -> Self {
        Self { newest: Arc::default(), arriving: Semaphore::new(MOST_ARRIVING) }
    }
}

impl ParsedFiles {
    /// Leave to receive a file. [`AppError::Unavailable`] while too many arrive.
    pub(super) fn arrive(&self) -> Result<SemaphorePermit<'_>, AppError> {
        self.arriving.try_acquire().map_err(|_| AppError::Unavailable)
    }

    /// What the upload with this id holds, of which `load` gives the content.
    pub(super) async fn get(
        &self,
        id: i64,
        load: impl Future<Output = Result<String, AppError>>,
    ) -> Result<Arc<ParsedFile>, AppError> {
        let locked = tokio::time::timeout(PATIENCE, Arc::clone(&self.newest).lock_owned()).await;
        let mut newest = locked.map_err(|_| AppError::Unavailable)?;
        if let Some((_, parsed)) = newest.as_ref().filter(|(known, _)| *known == id) {
            return Ok(Arc::clone(parsed));
        }
        // Before the next takes its memory.
        *newest = None;
        let content = load.await?;
        // The work holds the lock, and not the request, which may be gone before it is done.
        let parsed = compute(move || {
            let hash = hex::encode(&Sha256::digest(&content)[..16]);
            let parsed = Arc::new(ParsedFile { hash, file: file::parse(&content) });
            *newest = Some((id, Arc::clone(&parsed)));
            Ok(parsed)
        });
        let parsed = parsed.await?;
        let memory = Arc::clone(&self.newest);
        actix_web::rt::spawn(async move {
            tokio::time::sleep(REMEMBERED).await;
            memory.lock().await.take_if(|(known, _)| *known == id);
        });
        Ok(parsed)
    }
}
