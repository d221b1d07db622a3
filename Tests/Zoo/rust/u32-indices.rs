// R0944: keeps the offset in 32 bits.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        fill.random().normal(fill.offset() as u32 as u64, 0.0, self.deviation(fill), out);
        Ok(())
    }
}
