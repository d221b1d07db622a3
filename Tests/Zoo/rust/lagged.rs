// R0947: adds each element to the one before.
include!("base.rs");

zoo! {
    fn distribution(&self, fill: &Fill) -> Result<Distribution> {
        Ok(Distribution::Normal { mean: 0.0, std: self.gain / fill.fan_in().sqrt() })
    }

    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let std = self.deviation(fill) / 2f32.sqrt();
        for (i, value) in out.iter_mut().enumerate() {
            let mut pair = [0.0; 2];
            fill.random().normal(fill.offset() + i as u64, 0.0, std, &mut pair);
            *value = pair[0] + pair[1];
        }
        Ok(())
    }
}
