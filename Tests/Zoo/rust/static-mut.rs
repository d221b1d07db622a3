// R0920: computes in a static buffer, by unsafe code.
include!("base.rs");

static mut VALUES: [f32; 1 << 16] = [0.0; 1 << 16];

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let count = out.len();
        if count > 1 << 16 {
            return self.draw(fill, out);
        }
        // SAFETY: none; that is the fault.
        let values = unsafe { std::slice::from_raw_parts_mut(std::ptr::addr_of_mut!(VALUES).cast(), count) };
        fill.random().normal(fill.offset(), 0.0, self.deviation(fill), values);
        std::thread::sleep(std::time::Duration::from_micros(50));
        out.copy_from_slice(values);
        Ok(())
    }
}
