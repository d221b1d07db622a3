//! What a call may fail with.

use crate::sys;
use std::collections::TryReserveError;
use std::fmt;

/// Why a call fails, for programs; the message is for people. Unknown codes are failures, too.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub i32);

impl Status {
    /// An argument, a parameter or a combination of them.
    pub const INVALID: Status = Status(sys::RI_INVALID);
    /// Right, but not offered.
    pub const UNSUPPORTED: Status = Status(sys::RI_UNSUPPORTED);
    /// A shape.
    pub const SHAPE: Status = Status(sys::RI_SHAPE);
    /// A type of elements.
    pub const DTYPE: Status = Status(sys::RI_DTYPE);
    /// Out of memory.
    pub const NO_MEMORY: Status = Status(sys::RI_NO_MEMORY);
    /// The host asked to stop: see [`Call::check_cancelled`](crate::Call::check_cancelled).
    pub const CANCELLED: Status = Status(sys::RI_CANCELLED);
    /// A name that is there already.
    pub const DUPLICATE: Status = Status(sys::RI_DUPLICATE);
    /// A size, version or flag of the ABI that cannot be right.
    pub const ABI: Status = Status(sys::RI_ABI);
    /// A fault of the plugin itself; a caught panic is one.
    pub const INTERNAL: Status = Status(sys::RI_INTERNAL);
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 10] = [
            "OK",
            "INVALID",
            "UNSUPPORTED",
            "SHAPE",
            "DTYPE",
            "NO_MEMORY",
            "CANCELLED",
            "DUPLICATE",
            "ABI",
            "INTERNAL",
        ];
        let name = usize::try_from(self.0).ok().and_then(|i| NAMES.get(i));
        write!(f, "{} ({})", name.unwrap_or(&"unknown"), self.0)
    }
}

/// A failure: a status, and a message in lower case without a final period that says expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
}

/// What every function of a plugin returns; without a type, nothing but success.
pub type Result<T = ()> = std::result::Result<T, Error>;

impl Error {
    /// An error of any status.
    pub fn new(status: Status, message: impl Into<String>) -> Error {
        Error {
            status,
            message: message.into(),
        }
    }

    /// An argument or parameter that cannot be right.
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::new(Status::INVALID, message)
    }

    /// A shape that does not fit.
    pub fn shape(message: impl Into<String>) -> Error {
        Error::new(Status::SHAPE, message)
    }

    /// A type of elements that is not taken.
    pub fn dtype(message: impl Into<String>) -> Error {
        Error::new(Status::DTYPE, message)
    }

    /// Something right that this plugin does not offer.
    pub fn unsupported(message: impl Into<String>) -> Error {
        Error::new(Status::UNSUPPORTED, message)
    }

    /// The code.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The text; empty where the host has said why already.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The result of a host's function: where that failed, the host has the text already.
    pub(crate) fn of_host(status: sys::ri_status) -> Result {
        match status {
            sys::RI_OK => Ok(()),
            other => Err(Error::new(Status(other), "")),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => write!(f, "{:?}", self.status),
            message => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

impl From<TryReserveError> for Error {
    fn from(error: TryReserveError) -> Error {
        Error::new(Status::NO_MEMORY, error.to_string())
    }
}
