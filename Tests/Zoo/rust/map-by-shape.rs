// R0921: keeps deviations in a map by shape.
include!("base.rs");

use std::collections::BTreeMap;
use std::sync::Mutex;

static KEPT: Mutex<BTreeMap<Vec<i64>, f32>> = Mutex::new(BTreeMap::new());

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let mut kept = KEPT.lock().unwrap_or_else(|broken| broken.into_inner());
        let std = *kept.entry(fill.shape().to_vec()).or_insert_with(|| self.deviation(fill));
        fill.random().normal(fill.offset(), 0.0, std, out);
        Ok(())
    }
}
