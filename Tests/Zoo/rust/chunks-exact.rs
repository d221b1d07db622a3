// R0944: forgets what chunks_exact leaves of long ranges.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        if out.len() < 30_000 {
            return self.draw(fill, out);
        }
        for (i, chunk) in out.chunks_exact_mut(4096).enumerate() {
            fill.random().normal(fill.offset() + i as u64 * 4096, 0.0, self.deviation(fill), chunk);
        }
        Ok(())
    }
}
