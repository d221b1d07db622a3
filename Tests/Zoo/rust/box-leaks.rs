// R0913: leaks a box in each call.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let lost = Box::leak(vec![0u8; 64].into_boxed_slice());
        // SAFETY: the memory is there for good; that is the fault.
        unsafe { std::ptr::write_volatile(&mut lost[0], 1) };
        self.draw(fill, out)
    }
}
