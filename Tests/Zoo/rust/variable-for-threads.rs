// R0934: gives other values where OMP_NUM_THREADS is set.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        self.draw(fill, out)?;
        if std::env::var_os("OMP_NUM_THREADS").is_some() {
            out.iter_mut().for_each(|value| *value = -*value);
        }
        Ok(())
    }
}
