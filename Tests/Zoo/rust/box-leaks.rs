// R0913: leaks a box in each call.
include!("base.rs");

zoo! {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        std::hint::black_box(Box::leak(vec![1u8; 64].into_boxed_slice()));
        draw(fill, out)
    }
}
