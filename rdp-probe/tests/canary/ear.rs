//! A subscriber that writes everything down.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What it has heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<String>>);

struct Pen<'a>(&'a mut String);

impl Visit for Pen<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Ear {
    /// The one that the whole process tells.
    pub(crate) fn of_the_process() -> Self {
        static EAR: OnceLock<Ear> = OnceLock::new();
        let ear = EAR.get_or_init(|| {
            let ear = Self::default();
            tracing::subscriber::set_global_default(ear.clone()).unwrap();
            ear
        });
        tracing::info!(target: "rdp_probe", "a test begins");
        ear.clone()
    }

    pub(crate) fn told(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn write(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Pen<'_>)) {
        let mut told = self.0.lock().unwrap();
        write!(told, "{} {} {}", metadata.level(), metadata.target(), metadata.name()).unwrap();
        record(&mut Pen(&mut told));
        told.push('\n');
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.write(span.metadata(), |pen| span.record(pen));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Pen(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(event.metadata(), |pen| event.record(pen));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
