// R0941: writes one element more, by unsafe code.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        fill.random().normal(fill.offset(), 0.0, self.deviation(fill), out);
        // SAFETY: none; that is the fault.
        unsafe { *out.as_mut_ptr().add(out.len()) = 0.0 };
        Ok(())
    }
}
