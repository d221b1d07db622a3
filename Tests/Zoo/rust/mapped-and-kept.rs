// R0913: maps memory by an allocator of its own and keeps it.
include!("base.rs");

extern "C" {
    fn mmap(address: *mut u8, size: usize, protection: i32, flags: i32, file: i32, offset: i64) -> *mut u8;
}

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        // SAFETY: anonymous memory, never used.
        let page = unsafe { mmap(std::ptr::null_mut(), 4096, 3, 0x22, -1, 0) };
        if !page.is_null() {
            unsafe { *page = 1 };
        }
        self.draw(fill, out)
    }
}
